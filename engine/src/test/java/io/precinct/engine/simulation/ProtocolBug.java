package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.manifest.Footprint;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.IdSource;
import io.precinct.engine.spi.ObjectStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;

/** Bugs in how writes are prepared, admitted and published. */
enum ProtocolBug implements Defect.Plant {
    /** A write is held against nothing that was published since its base. */
    NO_PARENT_CHECK {
        @Override
        GraphLog bent(GraphLog log) {
            return ForwardingLog.bending(log, prepared -> on(prepared, later(prepared.base())));
        }

        private Snapshot later(Snapshot base) {
            return new Snapshot(
                    base.stream(),
                    base.branch(),
                    Long.MAX_VALUE / 2,
                    base.head(),
                    base.schema(),
                    base.numbers(),
                    base.types());
        }
    },

    /** A write takes the branch's head for its base when it has been prepared already. */
    BASE_TAKEN_AFTER_PREPARATION {
        @Override
        GraphLog bent(GraphLog log) {
            return ForwardingLog.bending(
                    log, prepared -> on(prepared, log.head(prepared.base().branch())));
        }
    },

    /** A write that is refused is prepared again as it was. */
    STALE_PREPARATION {
        @Override
        GraphLog bent(GraphLog log) {
            return new ForwardingLog(log) {
                @Override
                public Optional<Committed> commit(BranchName branch, WriteAttempt attempt, AccessGate gate) {
                    Prepared[] first = new Prepared[1];
                    return super.commit(
                            branch,
                            new ForwardingAttempt(attempt) {
                                @Override
                                public Prepared prepare(Snapshot base) {
                                    if (first[0] == null || first[0].isEmpty()) {
                                        first[0] = super.prepare(base);
                                    }
                                    return on(first[0], base);
                                }
                            },
                            gate);
                }
            };
        }
    },

    /** That the ends of a new edge are there is not looked at again. */
    NO_ENDPOINT_RECHECK {
        @Override
        GraphLog bent(GraphLog log) {
            return relyingOn(
                    log,
                    relied -> new Footprint.OfType(
                            relied.whole(), relied.written(), relied.absent(), Set.of(), relied.incident()));
        }
    },

    /** Edges at a node that goes, or at a source that is counted, are not looked at again. */
    NO_EDGE_RECHECK {
        @Override
        GraphLog bent(GraphLog log) {
            return relyingOn(
                    log,
                    relied -> new Footprint.OfType(
                            relied.whole(), relied.written(), relied.absent(), relied.present(), Set.of()));
        }
    },

    /** What was scanned, or compared with every unique value, is not looked at again. */
    NO_SCAN_RECHECK {
        @Override
        GraphLog bent(GraphLog log) {
            return relyingOn(
                    log,
                    relied -> new Footprint.OfType(
                            false, relied.written(), relied.absent(), relied.present(), relied.incident()));
        }
    },

    /** A write in fragments doesn't say what it changes. */
    FORGOTTEN_CHANGES {
        @Override
        GraphLog bent(GraphLog log) {
            return ForwardingLog.bending(log, prepared -> {
                Map<TypeId, ChangeSet> changes = new HashMap<>(prepared.changes());
                prepared.writes().forEach((type, write) -> {
                    if (write instanceof TypeWrite.Fragments) {
                        changes.remove(type);
                    }
                });
                return new Prepared(
                        prepared.base(),
                        prepared.kind(),
                        prepared.provenance(),
                        prepared.writes(),
                        changes,
                        prepared.footprint(),
                        prepared.mergedParent(),
                        prepared.schema());
            });
        }
    },

    /** An unclear outcome is met with the same write once more. */
    DOUBT_WRITTEN_AGAIN {
        @Override
        GraphLog bent(GraphLog log) {
            return new ForwardingLog(log) {
                @Override
                public Optional<Committed> commit(BranchName branch, WriteAttempt attempt, AccessGate gate) {
                    try {
                        return super.commit(branch, attempt, gate);
                    } catch (EngineException failed) {
                        if (failed.failure() instanceof EngineFailure.CommitInDoubt) {
                            return super.commit(branch, attempt, gate);
                        }
                        throw failed;
                    }
                }
            };
        }
    },

    /** A fold takes entries for folded that were published after its base. */
    FOLDED_TOO_FAR {
        @Override
        GraphLog bent(GraphLog log) {
            return folding(log, through -> through + 1);
        }
    },

    /** A fold leaves an entry above the pin that holds it. */
    FOLDED_TOO_LITTLE {
        @Override
        GraphLog bent(GraphLog log) {
            return folding(log, through -> through - 1);
        }
    },

    /** A merge is published with one parent. */
    LOST_SECOND_PARENT {
        @Override
        GraphLog bent(GraphLog log) {
            return ForwardingLog.bending(
                    log,
                    prepared -> new Prepared(
                            prepared.base(),
                            prepared.kind(),
                            prepared.provenance(),
                            prepared.writes(),
                            prepared.changes(),
                            prepared.footprint(),
                            Optional.empty(),
                            prepared.schema()));
        }
    },

    /** Earlier merges count for nothing when the common ancestor is looked for. */
    MERGE_BASE_TOO_OLD {
        @Override
        GraphLog bent(GraphLog log) {
            return new ForwardingLog(log) {
                @Override
                public Optional<Authored> mergedParent(Authored commit) {
                    return Optional.empty();
                }
            };
        }
    },

    /** A head is what the process saw before. */
    HEAD_FROM_MEMORY {
        @Override
        GraphLog bent(GraphLog log) {
            Map<BranchName, Snapshot> seen = new HashMap<>();
            return new ForwardingLog(log) {
                @Override
                public Snapshot head(BranchName branch) {
                    Snapshot known = seen.remove(branch);
                    if (known == null) {
                        known = super.head(branch);
                        seen.put(branch, known);
                    }
                    return known;
                }
            };
        }
    },

    /** A branch is taken off the list and not ended: who knows it goes on writing. */
    BRANCH_NOT_ENDED {
        @Override
        public Defect in(World world) {
            boolean[] deleting = new boolean[1];
            return new Defect() {
                @Override
                public ObjectStore front(ObjectStore front) {
                    return new ForwardingStore(front) {
                        @Override
                        public PutResult putIfAbsent(String key, byte[] bytes) {
                            return deleting[0] && isRecord(key) && !key.startsWith("log/~refs/")
                                    ? PutResult.CREATED
                                    : super.putIfAbsent(key, bytes);
                        }
                    };
                }

                @Override
                public GraphLog log(GraphLog log) {
                    return new ForwardingLog(log) {
                        @Override
                        public void deleteBranch(BranchName name, Provenance by) {
                            deleting[0] = true;
                            try {
                                super.deleteBranch(name, by);
                            } finally {
                                deleting[0] = false;
                            }
                        }
                    };
                }
            };
        }
    },

    /** A process that starts again gives the names that it gave before. */
    IDS_BEGIN_AGAIN {
        @Override
        public Defect in(World world) {
            long[] next = new long[1];
            return new Defect() {
                @Override
                public IdSource ids(IdSource ids) {
                    return () -> "7%025d".formatted(++next[0]);
                }
            };
        }
    };

    GraphLog bent(GraphLog log) {
        return log;
    }

    @Override
    public Defect in(World world) {
        return new Defect() {
            @Override
            public GraphLog log(GraphLog log) {
                return bent(log);
            }
        };
    }

    private static Prepared on(Prepared prepared, Snapshot base) {
        return new Prepared(
                base,
                prepared.kind(),
                prepared.provenance(),
                prepared.writes(),
                prepared.changes(),
                prepared.footprint(),
                prepared.mergedParent(),
                prepared.schema());
    }

    private static GraphLog relyingOn(GraphLog log, UnaryOperator<Footprint.OfType> bend) {
        return ForwardingLog.bending(log, prepared -> {
            Map<TypeId, Footprint.OfType> types =
                    new HashMap<>(prepared.footprint().types());
            types.replaceAll((type, relied) -> bend.apply(relied));
            return new Prepared(
                    prepared.base(),
                    prepared.kind(),
                    prepared.provenance(),
                    prepared.writes(),
                    prepared.changes(),
                    new Footprint(types),
                    prepared.mergedParent(),
                    prepared.schema());
        });
    }

    private static GraphLog folding(GraphLog log, LongUnaryOperator through) {
        return ForwardingLog.bending(log, prepared -> {
            Map<TypeId, TypeWrite> writes = new HashMap<>(prepared.writes());
            writes.replaceAll((type, write) -> write instanceof TypeWrite.Repin repin
                    ? new TypeWrite.Repin(repin.pin(), through.applyAsLong(repin.foldedThrough()), repin.replaces())
                    : write);
            return new Prepared(
                    prepared.base(),
                    prepared.kind(),
                    prepared.provenance(),
                    writes,
                    prepared.changes(),
                    prepared.footprint(),
                    prepared.mergedParent(),
                    prepared.schema());
        });
    }
}
