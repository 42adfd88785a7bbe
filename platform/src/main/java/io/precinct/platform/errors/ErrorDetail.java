package io.precinct.platform.errors;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Optional;

/** The one structured detail an error body may carry, under {@link #key()}. */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public sealed interface ErrorDetail {
    /** Key of this detail in the body. */
    @JsonIgnore
    String key();

    /**
     * {@code kind} is divergent_insert, divergent_update, delete_vs_update, orphan_edge, unique_violation,
     * cardinality_violation or value_constraint_violation. The images are additions: the entity in the common ancestor,
     * in the target and in the source, absent where there is none. {@code entityKind} (node or edge), type and id are
     * absent where several entities break a constraint together.
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record MergeConflict(
            Optional<String> entityKind,
            Optional<String> typeName,
            Optional<String> entityId,
            String kind,
            String message,
            Optional<Image> base,
            Optional<Image> ours,
            Optional<Image> theirs) {}

    /** One entity as it stood. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Image(JsonNode properties, Optional<Endpoints> endpoints) {}

    record Endpoints(String from, String to) {}

    record MergeConflicts(@JsonValue List<MergeConflict> conflicts) implements ErrorDetail {
        public MergeConflicts {
            conflicts = List.copyOf(conflicts);
        }

        @Override
        public String key() {
            return "merge_conflicts";
        }
    }

    record PublishedDatasetVersionConflict(
            String entityKind,
            String typeName,
            long expectedPublishedDatasetVersion,
            long actualPublishedDatasetVersion)
            implements ErrorDetail {
        @Override
        public String key() {
            return "published_dataset_version_conflict";
        }
    }

    record ReadSetConflict(String member, Optional<String> expected, Optional<String> actual) implements ErrorDetail {
        @Override
        public String key() {
            return "read_set_conflict";
        }
    }

    record KeyConflict(String entityKind, String typeName, Optional<String> entityId) implements ErrorDetail {
        @Override
        public String key() {
            return "key_conflict";
        }
    }

    /** {@code limit} and {@code actual} in the unit the resource's name says. */
    record ResourceLimit(String resource, long limit, long actual) implements ErrorDetail {
        @Override
        public String key() {
            return "resource_limit";
        }
    }

    /** Bytes; {@code end} inclusive. */
    record BlobRange(long start, long end, long length) implements ErrorDetail {
        @Override
        public String key() {
            return "blob_range";
        }
    }

    record ExternalBlobSource(String uri, String reason) implements ErrorDetail {
        @Override
        public String key() {
            return "external_blob_source";
        }
    }

    record RecoveryRequired(String operationId) implements ErrorDetail {
        @Override
        public String key() {
            return "recovery_required";
        }
    }

    record PreconditionFailure(String expected, Optional<String> actual) implements ErrorDetail {
        @Override
        public String key() {
            return "precondition_failure";
        }
    }

    record ChangeFeedGap(Optional<String> cursor, String firstUnreadableCommitId) implements ErrorDetail {
        @Override
        public String key() {
            return "change_feed_gap";
        }
    }

    record ChangeDiffRefusal(String reason, String graphCommitId, Optional<String> typeName) implements ErrorDetail {
        @Override
        public String key() {
            return "change_diff_refusal";
        }
    }

    /** {@code resetsAt} is an ISO 8601 instant. */
    record QuotaExceeded(String dimension, long limit, long used, String scope, Optional<String> resetsAt)
            implements ErrorDetail {
        @Override
        public String key() {
            return "quota_exceeded";
        }
    }

    /** One finding about a text or a line of data; places are 1-based, offsets UTF-16 units. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Finding(
            String code,
            String message,
            Optional<Integer> line,
            Optional<Integer> column,
            Optional<Integer> start,
            Optional<Integer> end) {}

    /** Everything that is wrong with a text, in order; at most a hundred. */
    record Diagnostics(@JsonValue List<Finding> findings) implements ErrorDetail {
        public Diagnostics {
            findings = List.copyOf(findings);
        }

        @Override
        public String key() {
            return "diagnostics";
        }
    }
}
