package io.precinct.policy;

import io.precinct.engine.spi.Operand;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The question put to the policy. Every name is canonical and resolved before it comes here: a snapshot stands for its
 * branch, an alias never arrives. Row data, parameter values, query text and tokens are never part of it. Lists that
 * stand for sets are sorted and free of duplicates, so that equal questions have equal bytes.
 *
 * @param operation the stable operation id, for example {@code query.run}
 */
public record DecisionInput(Subject subject, Action action, String operation, Resource resource, Context context) {

    /** What kind of caller it is. */
    public enum SubjectType {
        USER,
        SERVICE,
        AGENT,
        SYSTEM
    }

    /** Life-cycle state of the tenant. All but the first two refuse every action. */
    public enum TenantState {
        ACTIVE,
        SUSPENDED,
        INACTIVE
    }

    /** The way the request came in. */
    public enum Channel {
        REST,
        MCP,
        CLI,
        INTERNAL
    }

    /**
     * Who asks.
     *
     * @param tenant id of the tenant of the credential
     * @param roles roles in that tenant; inheritance is the policy's affair
     * @param claims the claims that the tenant allows into policies, by name
     * @param grants time-boxed grants; those that are over at {@link Context#time()} are not sent, so that a policy
     *     needs no clock to honour them
     */
    public record Subject(
            String id,
            SubjectType type,
            String tenant,
            List<String> roles,
            Map<String, Operand> claims,
            Auth auth,
            List<Grant> grants) {
        public Subject {
            roles = sorted(roles);
            claims = Map.copyOf(claims);
            grants = List.copyOf(grants);
        }
    }

    /**
     * How the caller proved who it is.
     *
     * @param ageSeconds seconds since that proof
     */
    public record Auth(String method, String credentialId, boolean mfa, long ageSeconds) {}

    /** A right lent for a time, for example {@code break_glass}. */
    public record Grant(String kind, String id, Instant expiresAt) {}

    /**
     * What is asked for.
     *
     * @param tenant id of the tenant that owns it
     * @param graph empty for operations on the tenant itself
     * @param branch the branch read or written; for a merge its source, for a new branch its parent
     * @param targetBranch for a merge its destination, for creation and deletion the branch concerned
     * @param snapshot the commit asked for, when it is not the head of {@code branch}
     */
    public record Resource(
            String tenant,
            Optional<String> graph,
            Optional<Branch> branch,
            Optional<Branch> targetBranch,
            Optional<String> snapshot,
            Types types,
            Attributes attributes) {

        /** A resource of the tenant as a whole. */
        public static Resource ofTenant(String tenant, TenantState state) {
            return new Resource(
                    tenant,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Types.NONE,
                    new Attributes(state));
        }

        /** A branch of a graph, with the types that the operation touches there. */
        public static Resource ofBranch(String tenant, String graph, Branch branch, Types types, TenantState state) {
            return new Resource(
                    tenant,
                    Optional.of(graph),
                    Optional.of(branch),
                    Optional.empty(),
                    Optional.empty(),
                    types,
                    new Attributes(state));
        }
    }

    /** A branch. Which ones are protected is part of the policy. */
    public record Branch(String name) {}

    /**
     * The types that the compiled operation touches, by their names in the schema.
     *
     * @param read types read, node or edge
     * @param write types that may change, including edge types that a deletion cascades into
     * @param edges edge types among the traversed ones
     * @param properties properties named, by type
     * @param complete false when the compiler could not list everything; the guardrails refuse that
     */
    public record Types(
            List<String> read,
            List<String> write,
            List<String> edges,
            Map<String, List<String>> properties,
            boolean complete) {
        public static final Types NONE = new Types(List.of(), List.of(), List.of(), Map.of(), true);

        public Types {
            read = sorted(read);
            write = sorted(write);
            edges = sorted(edges);
            properties = properties.entrySet().stream()
                    .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> sorted(entry.getValue())));
        }

        public static Types reading(List<String> types) {
            return new Types(types, List.of(), List.of(), Map.of(), true);
        }

        public static Types writing(List<String> types) {
            return new Types(List.of(), types, List.of(), Map.of(), true);
        }

        /** Every touched type once; a decision has one entry for each. */
        public List<String> all() {
            return Stream.of(read, write, edges)
                    .flatMap(List::stream)
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    public record Attributes(TenantState tenantState) {}

    /**
     * Circumstances of the request.
     *
     * @param ip address of the caller, empty for internal ones
     */
    public record Context(Instant time, String ip, String requestId, Channel channel, boolean dryRun) {}

    private static List<String> sorted(List<String> names) {
        return names.stream().distinct().sorted().toList();
    }
}
