package io.precinct.engine.spi;

import java.util.List;

/**
 * The caller's decision as the engine asks for it. One gate serves one operation; it is immutable and may be asked
 * from any thread. A gate never answers null, and an answer it can't give is a denial.
 */
public interface AccessGate {
    /** May do everything: for tests and for upkeep, which preserves content. */
    AccessGate UNRESTRICTED = new AccessGate() {
        @Override
        public RowAccess access(String typeName) {
            return RowAccess.ALL;
        }

        @Override
        public Verdict verdict(List<TypeChange> changes) {
            return new Verdict.Allowed();
        }
    };

    /** The caller's view of a node or edge type, by its name in the schema; {@link RowAccess#NONE} when not granted. */
    RowAccess access(String typeName);

    /** Asked inside each commit attempt, on the changes that are about to be published, cascades included. */
    Verdict verdict(List<TypeChange> changes);

    /** How many entities of a type one commit inserts, updates and deletes. */
    record TypeChange(String typeName, long inserted, long updated, long deleted) {}

    sealed interface Verdict {
        record Allowed() implements Verdict {}

        /** {@code reasons} are codes for the caller, at least one. */
        record Denied(List<String> reasons) implements Verdict {
            public Denied {
                reasons = List.copyOf(reasons);
            }
        }
    }
}
