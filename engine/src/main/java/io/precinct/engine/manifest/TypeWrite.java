package io.precinct.engine.manifest;

import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import java.util.List;
import java.util.Set;

/** How a prepared write changes the state of one type. */
public sealed interface TypeWrite {
    /** Small: rides in the record. Upserts are whole rows; deleted ids exist in the base. */
    record Inline(List<EntityRow> upserts, Set<String> deleted) implements TypeWrite {
        public Inline {
            upserts = List.copyOf(upserts);
            deleted = Set.copyOf(deleted);
        }
    }

    /**
     * Large: staged rows replace or join what is there. {@code replaced} are ids of the base that disappear, because
     * they are deleted or because a staged row has the same id. The pin moves and is folded by the same commit.
     */
    record Fragments(List<TableStore.Staged> added, Set<String> replaced) implements TypeWrite {
        public Fragments {
            added = List.copyOf(added);
            replaced = Set.copyOf(replaced);
        }
    }

    /** The type holds exactly the staged rows afterwards. */
    record Replacement(List<TableStore.Staged> all) implements TypeWrite {
        public Replacement {
            all = List.copyOf(all);
        }
    }

    /**
     * Content-preserving: the same rows under another pin (a fold of the base's overlay, or a compaction).
     *
     * @param foldedThrough entries of the stream up to this sequence are in {@code pin}
     * @param replaces the pin that {@code pin} was built from; if it moved meanwhile, the write is prepared again
     */
    record Repin(Pin pin, long foldedThrough, Pin replaces) implements TypeWrite {}
}
