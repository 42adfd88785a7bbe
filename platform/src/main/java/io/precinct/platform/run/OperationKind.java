package io.precinct.platform.run;

import io.precinct.tenants.TenantUse;
import java.util.Arrays;
import java.util.Optional;

/**
 * Every operation that the platform can run, with the policy action that decides it, its stable id in decisions and
 * audit, and its audit class. Routes, decisions, audit and documents take these words from here.
 */
public enum OperationKind {
    QUERY_RUN("read", "query.run", AuditClass.READ),
    QUERY_EXPLAIN("read", "query.explain", AuditClass.READ),
    MUTATE_RUN("change", "mutate.run", AuditClass.WRITE),
    LOAD_RUN("change", "load.run", AuditClass.WRITE),
    BLOB_GET("read", "blob.get", AuditClass.READ),
    EXPORT_RUN("export", "export.run", AuditClass.READ),
    SNAPSHOT_GET("read", "snapshot.get", AuditClass.READ),
    SCHEMA_GET("read", "schema.get", AuditClass.READ),
    SCHEMA_PLAN("config_plan", "schema.plan", AuditClass.SCHEMA),
    SCHEMA_APPLY("schema_apply", "schema.apply", AuditClass.SCHEMA),
    LINT_RUN("read", "lint.run", AuditClass.READ),
    BRANCHES_LIST("read", "branches.list", AuditClass.READ),
    BRANCHES_CREATE("branch_create", "branches.create", AuditClass.WRITE),
    BRANCHES_DELETE("branch_delete", "branches.delete", AuditClass.WRITE),
    BRANCHES_MERGE("branch_merge", "branches.merge", AuditClass.WRITE),
    BRANCHES_MERGE_PREVIEW("branch_merge", "branches.merge_preview", AuditClass.READ),
    COMMITS_LIST("read", "commits.list", AuditClass.READ),
    COMMITS_GET("read", "commits.get", AuditClass.READ),
    COMMITS_CHANGES("read", "commits.changes", AuditClass.READ),
    COMMITS_REVERT("change", "commits.revert", AuditClass.WRITE),
    CHANGES_POLL("read", "changes.poll", AuditClass.READ),
    CHANGES_BASELINE("export", "changes.baseline", AuditClass.READ),
    TAGS_LIST("read", "tags.list", AuditClass.READ),
    TAGS_CREATE("branch_create", "tags.create", AuditClass.WRITE),
    TAGS_DELETE("branch_delete", "tags.delete", AuditClass.WRITE),
    GRAPHS_LIST("graph_list", "graphs.list", AuditClass.READ),
    GRAPHS_CREATE("graph_create", "graphs.create", AuditClass.SCHEMA),
    UPKEEP_COMPACT("maintain_optimize", "maint.compact", AuditClass.OPERATOR),
    UPKEEP_VERIFY("maintain_optimize", "maint.verify", AuditClass.OPERATOR),
    UPKEEP_CLEANUP("maintain_cleanup", "maint.cleanup", AuditClass.OPERATOR),
    /** Asks for a run; the run itself is {@link #UPKEEP_COMPACT}. */
    UPKEEP_REQUEST("maintain_optimize", "maint.optimize", AuditClass.OPERATOR),
    JOBS_LIST("maintenance_read", "jobs.list", AuditClass.READ),
    JOBS_CANCEL("maintain_optimize", "jobs.cancel", AuditClass.OPERATOR),
    WINDOWS_GET("maintenance_read", "maint.windows", AuditClass.READ),
    WINDOWS_SET("maintenance_schedule", "maint.schedule", AuditClass.OPERATOR),
    AUDIT_READ("audit_read", "audit.read", AuditClass.OPERATOR),
    AUDIT_VERIFY("audit_read", "audit.verify", AuditClass.OPERATOR),
    TENANTS_CREATE("tenant_create", "tenants.create", AuditClass.OPERATOR),
    TENANTS_LIST("tenant_read", "tenants.list", AuditClass.READ),
    TENANTS_SUSPEND("tenant_suspend", "tenants.suspend", AuditClass.OPERATOR),
    TENANTS_RESUME("tenant_resume", "tenants.resume", AuditClass.OPERATOR);

    private final String action;
    private final String operation;
    private final AuditClass auditClass;

    OperationKind(String action, String operation, AuditClass auditClass) {
        this.action = action;
        this.operation = operation;
        this.auditClass = auditClass;
    }

    /** The policy action. */
    public String action() {
        return action;
    }

    /** The stable operation id. */
    public String operation() {
        return operation;
    }

    public AuditClass auditClass() {
        return auditClass;
    }

    /** The one of this stable id. */
    public static Optional<OperationKind> of(String operation) {
        return Arrays.stream(values())
                .filter(kind -> kind.operation.equals(operation))
                .findFirst();
    }

    /** Whether it changes something that a repetition would change twice. */
    public boolean writes() {
        return use() == TenantUse.WRITE;
    }

    /** Whether it makes a commit on a branch, so that it can be bound to the commit before. */
    public boolean commits() {
        return switch (this) {
            case MUTATE_RUN, LOAD_RUN, SCHEMA_APPLY, BRANCHES_MERGE, COMMITS_REVERT -> true;
            default -> false;
        };
    }

    /** What it wants of the tenant's engine. */
    public TenantUse use() {
        return switch (this) {
            case EXPORT_RUN, CHANGES_BASELINE -> TenantUse.EXPORT;
            case UPKEEP_COMPACT, UPKEEP_VERIFY, UPKEEP_CLEANUP -> TenantUse.MAINTENANCE;
            case MUTATE_RUN,
                    LOAD_RUN,
                    SCHEMA_APPLY,
                    BRANCHES_CREATE,
                    BRANCHES_DELETE,
                    BRANCHES_MERGE,
                    COMMITS_REVERT,
                    TAGS_CREATE,
                    TAGS_DELETE,
                    GRAPHS_CREATE -> TenantUse.WRITE;
            case QUERY_RUN,
                    QUERY_EXPLAIN,
                    BLOB_GET,
                    SNAPSHOT_GET,
                    SCHEMA_GET,
                    SCHEMA_PLAN,
                    LINT_RUN,
                    BRANCHES_LIST,
                    BRANCHES_MERGE_PREVIEW,
                    COMMITS_LIST,
                    COMMITS_GET,
                    COMMITS_CHANGES,
                    CHANGES_POLL,
                    TAGS_LIST,
                    GRAPHS_LIST,
                    UPKEEP_REQUEST,
                    JOBS_LIST,
                    JOBS_CANCEL,
                    WINDOWS_GET,
                    WINDOWS_SET,
                    AUDIT_READ,
                    AUDIT_VERIFY,
                    TENANTS_CREATE,
                    TENANTS_LIST,
                    TENANTS_SUSPEND,
                    TENANTS_RESUME -> TenantUse.READ;
        };
    }

    /** How much an operation's record is worth: everything but reads is durable before success is reported. */
    public enum AuditClass {
        READ("D"),
        WRITE("W"),
        SCHEMA("S"),
        OPERATOR("O");

        private final String letter;

        AuditClass(String letter) {
            this.letter = letter;
        }

        /** The letter in audit records. */
        public String letter() {
            return letter;
        }
    }
}
