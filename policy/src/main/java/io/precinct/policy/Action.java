package io.precinct.policy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Everything a policy can grant. The one source of the action vocabulary: the table that guardrails read and the schema
 * of the decision input are generated from it.
 */
public enum Action {
    READ(BranchUse.READ, Flag.DATA_PLANE),
    EXPORT(BranchUse.READ, Flag.DATA_PLANE, Flag.SENSITIVE),
    CHANGE(BranchUse.WRITE, Flag.DATA_PLANE),
    SCHEMA_APPLY(BranchUse.WRITE, Flag.SENSITIVE),
    BRANCH_CREATE(BranchUse.READ, Flag.AGENT),
    BRANCH_DELETE(BranchUse.WRITE, Flag.AGENT),
    /** Whoever merges carries whole rows from branch to branch, so a restricted view of a touched type refuses it. */
    BRANCH_MERGE(BranchUse.WRITE_TARGET, Flag.DATA_PLANE, Flag.WHOLE_TYPES),
    INVOKE_QUERY(BranchUse.READ, Flag.AGENT, Flag.HIDDEN),
    GRAPH_LIST(BranchUse.NONE, Flag.AGENT),
    /** Reserved; no operation asks for it. */
    ADMIN(BranchUse.NONE, Flag.SENSITIVE),
    LIST_CATALOG(BranchUse.NONE, Flag.AGENT),
    QUERY_PUBLISH(BranchUse.NONE),
    BRANCH_PROTECT(BranchUse.READ, Flag.SENSITIVE),
    GRAPH_CREATE(BranchUse.NONE),
    GRAPH_DELETE(BranchUse.NONE, Flag.SENSITIVE, Flag.APPROVAL),
    GRAPH_RESTORE(BranchUse.NONE, Flag.SENSITIVE),
    CONFIG_READ(BranchUse.NONE, Flag.WHEN_SUSPENDED),
    CONFIG_PLAN(BranchUse.NONE),
    CONFIG_MANAGE(BranchUse.NONE, Flag.SENSITIVE),
    CONFIG_APPROVE(BranchUse.NONE, Flag.SENSITIVE),
    LOCK_BREAK(BranchUse.NONE, Flag.SENSITIVE),
    MAINTENANCE_READ(BranchUse.NONE, Flag.WHEN_SUSPENDED),
    MAINTENANCE_SCHEDULE(BranchUse.NONE),
    MAINTAIN_OPTIMIZE(BranchUse.NONE),
    MAINTAIN_REPAIR(BranchUse.NONE, Flag.SENSITIVE),
    MAINTAIN_CLEANUP(BranchUse.NONE, Flag.SENSITIVE),
    POLICY_READ(BranchUse.NONE, Flag.WHEN_SUSPENDED),
    POLICY_AUTHOR(BranchUse.NONE),
    POLICY_TEST(BranchUse.NONE),
    POLICY_REVIEW(BranchUse.NONE, Flag.SENSITIVE),
    POLICY_PUBLISH(BranchUse.NONE, Flag.SENSITIVE),
    POLICY_ROLLBACK(BranchUse.NONE, Flag.SENSITIVE),
    AUDIT_READ(BranchUse.NONE, Flag.WHEN_SUSPENDED),
    AUDIT_EXPORT(BranchUse.NONE, Flag.WHEN_SUSPENDED, Flag.SENSITIVE),
    USAGE_READ(BranchUse.NONE, Flag.WHEN_SUSPENDED),
    MEMBER_MANAGE(BranchUse.NONE, Flag.SENSITIVE),
    /** Stays possible while a tenant is suspended, so that leaked keys can be revoked. */
    KEY_MANAGE(BranchUse.NONE, Flag.WHEN_SUSPENDED, Flag.SENSITIVE),
    TENANT_CREATE(BranchUse.NONE, Flag.SENSITIVE),
    TENANT_READ(BranchUse.NONE, Flag.WHEN_SUSPENDED),
    TENANT_UPDATE(BranchUse.NONE, Flag.SENSITIVE),
    TENANT_SUSPEND(BranchUse.NONE, Flag.SENSITIVE),
    TENANT_RESUME(BranchUse.NONE, Flag.WHEN_SUSPENDED, Flag.SENSITIVE),
    TENANT_DELETE(BranchUse.NONE, Flag.WHEN_SUSPENDED, Flag.SENSITIVE, Flag.APPROVAL),
    TENANT_EXPORT(BranchUse.NONE, Flag.WHEN_SUSPENDED, Flag.SENSITIVE);

    /** What an action does with the branches of its input. */
    public enum BranchUse {
        NONE,
        READ,
        /** Writes {@code branch} or {@code target_branch}, whichever is given; one of them must be. */
        WRITE,
        /** Writes {@code target_branch}, which must be given; {@code branch} is only read. */
        WRITE_TARGET
    }

    /** A fact about an action that guardrails decide by. */
    public enum Flag {
        /** Touches entities: the touched types must be listed completely. */
        DATA_PLANE,
        /** Open to agents although it is not of the data plane. */
        AGENT,
        /** Asks for a second factor. */
        SENSITIVE,
        /** Asks for a second person. */
        APPROVAL,
        /** Remains possible while the tenant is suspended. */
        WHEN_SUSPENDED,
        /** Refused to callers who see only a part of a touched type. */
        WHOLE_TYPES,
        /** A refusal must look like absence. */
        HIDDEN
    }

    private final String code = name().toLowerCase(Locale.ROOT);
    private final BranchUse branchUse;
    private final Set<Flag> flags;

    Action(BranchUse branchUse, Flag... flags) {
        this.branchUse = branchUse;
        this.flags = flags.length == 0 ? EnumSet.noneOf(Flag.class) : EnumSet.copyOf(Arrays.asList(flags));
    }

    /** The name on the wire and in policies, for example {@code branch_create}. */
    public String code() {
        return code;
    }

    public BranchUse branchUse() {
        return branchUse;
    }

    public boolean is(Flag flag) {
        return flags.contains(flag);
    }

    /** The action of that wire name; empty when there is none. */
    public static Optional<Action> of(String code) {
        return Arrays.stream(values())
                .filter(action -> action.code.equals(code))
                .findFirst();
    }
}
