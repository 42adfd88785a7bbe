package io.precinct.engine;

import io.precinct.engine.schema.Diagnostic;
import java.util.List;
import java.util.Optional;

/** Why an engine operation failed, as a value. Codes are a contract, texts are not. */
public sealed interface EngineFailure {
    enum Retry {
        /** The same request will fail again. */
        NEVER,
        /** Read the new state first, then decide. */
        AFTER_REFRESH,
        /** The same request may succeed later. */
        LATER
    }

    String code();

    String message();

    Retry retry();

    /** Text that doesn't parse, doesn't type-check, or data that breaks the schema; all that were found, in order. */
    record Invalid(List<Diagnostic> diagnostics) implements EngineFailure {
        public Invalid {
            diagnostics = List.copyOf(diagnostics);
        }

        @Override
        public String code() {
            return diagnostics.getFirst().code();
        }

        @Override
        public String message() {
            return diagnostics.getFirst().message();
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /** A part of the language or API that is specified and not built yet. */
    record NotSupportedYet(String feature, Optional<Diagnostic.Span> span) implements EngineFailure {
        @Override
        public String code() {
            return "not_supported_yet";
        }

        @Override
        public String message() {
            return feature + " is not supported yet";
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /** {@code kind} is graph, branch, commit or query. */
    record NotFound(String kind, String name) implements EngineFailure {
        @Override
        public String code() {
            return kind + "_not_found";
        }

        @Override
        public String message() {
            return kind + " '" + name + "' not found";
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    record AlreadyExists(String kind, String name) implements EngineFailure {
        @Override
        public String code() {
            return kind + "_exists";
        }

        @Override
        public String message() {
            return kind + " '" + name + "' exists already";
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /** A strict insert met an id that exists; {@code entityId} is absent when the caller may not know it. */
    record KeyConflict(String typeName, Optional<String> entityId) implements EngineFailure {
        @Override
        public String code() {
            return "key_conflict";
        }

        @Override
        public String message() {
            return "an entity of " + typeName + " with this id exists already"
                    + entityId.map(id -> ": '" + id + "'").orElse("");
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /** A conditional write met a branch that has moved on. Nothing was written. */
    record PreconditionFailed(CommitId expected, CommitId actual) implements EngineFailure {
        @Override
        public String code() {
            return "precondition_failed";
        }

        @Override
        public String message() {
            return "the branch has moved on from commit '" + expected + "': its head is '" + actual + "'";
        }

        @Override
        public Retry retry() {
            return Retry.AFTER_REFRESH;
        }
    }

    /** Something the write relied on was changed by another commit meanwhile. Nothing was written. */
    record ReadSetChanged(String member, Optional<CommitId> actual) implements EngineFailure {
        @Override
        public String code() {
            return "read_set_conflict";
        }

        @Override
        public String message() {
            return "another commit changed what this write relied on (" + member + "); read again and retry";
        }

        @Override
        public Retry retry() {
            return Retry.AFTER_REFRESH;
        }
    }

    /** Two branches don't agree; nothing was written. {@code first} are at most a hundred of {@code count}. */
    record MergeConflicts(List<MergeConflict> first, long count) implements EngineFailure {
        public MergeConflicts {
            first = List.copyOf(first);
        }

        @Override
        public String code() {
            return "merge_conflict";
        }

        @Override
        public String message() {
            return count
                    + (count == 1 ? " conflict: " : " conflicts, the first: ")
                    + first.getFirst().message();
        }

        @Override
        public Retry retry() {
            return Retry.AFTER_REFRESH;
        }
    }

    /** The request can't be done to this graph as it is; {@code why} says what to do first. */
    record Refused(String code, String why) implements EngineFailure {
        @Override
        public String message() {
            return why;
        }

        @Override
        public Retry retry() {
            return Retry.AFTER_REFRESH;
        }
    }

    /** The access gate refused; reasons are codes. */
    record Denied(List<String> reasons) implements EngineFailure {
        public Denied {
            reasons = List.copyOf(reasons);
        }

        @Override
        public String code() {
            return "denied";
        }

        @Override
        public String message() {
            return "policy denies this operation";
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    record ResourceLimit(String resource, long limit, long actual) implements EngineFailure {
        @Override
        public String code() {
            return "resource_limit";
        }

        @Override
        public String message() {
            return resource + " is limited to " + limit + ", and this needs " + actual;
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /** Others hold what this needs; nothing was done. */
    record Busy(String resource) implements EngineFailure {
        @Override
        public String code() {
            return "busy";
        }

        @Override
        public String message() {
            return "the node's " + resource + " is in use by others; try again";
        }

        @Override
        public Retry retry() {
            return Retry.LATER;
        }
    }

    /** The operation was cancelled or its time ran out before anything became visible. */
    record Interrupted(boolean deadline) implements EngineFailure {
        @Override
        public String code() {
            return deadline ? "deadline_exceeded" : "cancelled";
        }

        @Override
        public String message() {
            return deadline ? "the time for this operation ran out" : "the operation was cancelled";
        }

        @Override
        public Retry retry() {
            return Retry.LATER;
        }
    }

    /** The record may or may not have been published. Never cleaned up, never retried by us: look for the commit id. */
    record CommitInDoubt(CommitId commitId) implements EngineFailure {
        @Override
        public String code() {
            return "commit_in_doubt";
        }

        @Override
        public String message() {
            return "the outcome of commit " + commitId
                    + " is unknown; look whether it is in the branch before writing again";
        }

        @Override
        public Retry retry() {
            return Retry.AFTER_REFRESH;
        }
    }

    /** A text got no vector; nothing was done with it. */
    record EmbeddingFailed(Cause cause, String detail, Retry retry) implements EngineFailure {
        public enum Cause {
            /** The provider can't be reached, is too slow or too busy. */
            UNAVAILABLE("embedding_unavailable"),
            /** The provider, or what is configured of it, doesn't do what is asked. */
            REFUSED("embedding_refused"),
            /** What the provider gave is no usable vector. */
            INVALID_ANSWER("embedding_invalid"),
            /** The property holds vectors of another model than the provider's. */
            MODEL_MISMATCH("embedding_model_mismatch");

            private final String code;

            Cause(String code) {
                this.code = code;
            }
        }

        @Override
        public String code() {
            return cause.code;
        }

        @Override
        public String message() {
            return "no vector was made: " + detail;
        }
    }

    /** It was there and a collection has taken it; {@code what} names it. */
    record HistoryReclaimed(String what) implements EngineFailure {
        @Override
        public String code() {
            return "history_reclaimed";
        }

        @Override
        public String message() {
            return what
                    + " lies before the history that is kept; ask for a newer state, and tag what must stay readable";
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /** A cursor or page token of the change feed that is not of this graph, branch, filter and access. */
    record ChangeCursorRejected(String why) implements EngineFailure {
        @Override
        public String code() {
            return "change_cursor_rejected";
        }

        @Override
        public String message() {
            return "change cursor rejected: " + why;
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /**
     * The feed can't go on from where its reader is: a collection has taken what comes next. A baseline begins anew.
     *
     * @param cursor that the reader gave; absent when it began without one
     * @param firstUnreadable the newest commit whose changes can't be told any more
     */
    record ChangeFeedGap(Optional<String> cursor, CommitId firstUnreadable) implements EngineFailure {
        @Override
        public String code() {
            return "change_feed_gap";
        }

        @Override
        public String message() {
            return "the changes of commit '" + firstUnreadable
                    + "' and of those before it are not kept any more; begin anew with a baseline";
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /**
     * What a commit changed can't be told in the words of one schema. A baseline begins anew after it.
     *
     * @param reason type_renamed_or_dropped or property_renamed_or_dropped
     */
    record ChangeSchemaBoundary(String reason, CommitId commit) implements EngineFailure {
        @Override
        public String code() {
            return "change_schema_boundary";
        }

        @Override
        public String message() {
            return "the changes of commit '" + commit + "' lie beyond a change of the schema (" + reason
                    + "); begin anew with a baseline";
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /** Stored bytes are not what they must be. The stream stops here, loudly; nothing is skipped. */
    record Corrupt(String object, String detail) implements EngineFailure {
        @Override
        public String code() {
            return "corrupt";
        }

        @Override
        public String message() {
            return "stored object " + object + " is damaged: " + detail;
        }

        @Override
        public Retry retry() {
            return Retry.NEVER;
        }
    }

    /** The store can't be reached or refuses; nothing was changed. */
    record StorageUnavailable(String detail, Retry retry) implements EngineFailure {
        @Override
        public String code() {
            return "storage_unavailable";
        }

        @Override
        public String message() {
            return "storage is not available: " + detail;
        }
    }
}
