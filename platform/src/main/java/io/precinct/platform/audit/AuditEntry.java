package io.precinct.platform.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is to be recorded about one request: what was decided, or how it ended. Both carry the request's id, and so join.
 * No data values, query text, parameters or tokens: names and digests only.
 */
public record AuditEntry(
        Kind kind,
        @JsonProperty("class") AuditClass auditClass,
        String requestId,
        Optional<String> decisionId,
        Actor actor,
        String action,
        String operation,
        Resource resource,
        Optional<DecisionFacts> decision,
        Optional<OutcomeFacts> outcome,
        Origin context,
        Optional<String> breakGlass) {

    public enum Kind {
        DECISION,
        OUTCOME,
        /** Stands for read records that could not be kept; written by the trail alone. */
        GAP;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Everything but {@link #DATA_READ} is written before success is reported. */
    public enum AuditClass {
        DATA_READ("D"),
        DATA_WRITE("W"),
        SCHEMA("S"),
        POLICY("P"),
        IDENTITY("I"),
        OPERATOR("O");

        private final String letter;

        AuditClass(String letter) {
            this.letter = letter;
        }

        @JsonValue
        public String letter() {
            return letter;
        }
    }

    /** {@code type} is user, service or system; {@code onBehalfOf} names for whom an agent acts. */
    public record Actor(String id, String type, Optional<String> onBehalfOf, Optional<String> credentialId) {}

    public record Resource(
            Optional<String> graph,
            Optional<String> branch,
            Optional<String> targetBranch,
            Optional<QueryFacts> query,
            List<String> types) {
        public static final Resource NONE =
                new Resource(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

        public Resource {
            types = List.copyOf(types);
        }
    }

    public record QueryFacts(Optional<String> name, String digest) {}

    public record DecisionFacts(
            boolean allow,
            List<String> rules,
            String policyRevision,
            Optional<String> obligationsDigest,
            boolean cached,
            long latencyUs) {
        public DecisionFacts {
            rules = List.copyOf(rules);
        }
    }

    /** {@code graphCommitId} is what a write published; {@code rows} and {@code bytes} are what left or came in. */
    public record OutcomeFacts(
            int httpStatus,
            Optional<String> errorCode,
            Optional<String> graphCommitId,
            Optional<Long> rows,
            Optional<Long> bytes,
            long durationMs) {}

    /** {@code channel} is rest, mcp, cli or upkeep. */
    public record Origin(Optional<String> ip, String channel, Optional<String> userAgent) {}
}
