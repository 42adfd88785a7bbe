package io.precinct.engine.simulation;

import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Bugs in what is made of datasets. */
enum TableBug implements Defect.Plant {
    /** Deletions are applied to the version before: what that one had deleted is back. */
    STALE_DELETION_VECTOR {
        @Override
        TableStore bent(TableStore tables) {
            Map<Pin, Pin> made = new HashMap<>();
            return new ForwardingTables(tables) {
                @Override
                public Pin rewriteRows(Pin base, Collection<Long> deletedAddresses, List<Staged> added) {
                    Pin next = super.rewriteRows(made.getOrDefault(base, base), deletedAddresses, added);
                    made.put(next, base);
                    return next;
                }
            };
        }
    },

    /** A compaction is committed on the version that it was made of, whatever the dataset is now. */
    COMPACTION_ON_ITS_OLD_BASE {
        @Override
        TableStore bent(TableStore tables) {
            return new ForwardingTables(tables) {
                @Override
                public Optional<Pin> commitCompaction(Pin current, Compaction compaction) {
                    return super.commitCompaction(compaction.base(), compaction);
                }
            };
        }
    },

    /** The last of several staged parts is left out. */
    STAGED_PART_LEFT_OUT {
        @Override
        TableStore bent(TableStore tables) {
            return new ForwardingTables(tables) {
                @Override
                public Pin append(Pin base, List<Staged> added) {
                    return super.append(base, added.size() > 1 ? added.subList(0, added.size() - 1) : added);
                }
            };
        }
    },

    /** Of several rows that are looked for, one is not found. */
    ROW_NOT_LOCATED {
        @Override
        TableStore bent(TableStore tables) {
            return new ForwardingTables(tables) {
                @Override
                public List<Located> locate(Pin pin, String column, Collection<String> values) {
                    List<Located> found = super.locate(pin, column, values);
                    return found.size() > 1 ? found.subList(1, found.size()) : found;
                }
            };
        }
    };

    abstract TableStore bent(TableStore tables);

    @Override
    public Defect in(World world) {
        return new Defect() {
            @Override
            public TableStore tables(TableStore tables) {
                return bent(tables);
            }
        };
    }
}
