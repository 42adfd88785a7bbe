package io.precinct.engine.manifest;

import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.Provenance;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Collections with one thing wrong. */
public enum BentCollections {
    /** Branches get no record after which what was staged before counts for nothing. */
    NO_FENCE_IN_BRANCHES {
        @Override
        Collector collector(Collector.Log log, Collector.Asked asked) {
            return new Collector(log, asked) {
                @Override
                Map<StreamId, Long> fenceStreams(Choice choice) {
                    return Map.of();
                }
            };
        }
    },

    /** Nobody is told what is kept. */
    NO_FENCE_IN_LIST {
        @Override
        Collector collector(Collector.Log log, Collector.Asked asked) {
            return new Collector(log, asked) {
                @Override
                Choice fenced() {
                    return chosen(newest());
                }
            };
        }
    },

    /** What tags name goes. */
    TAGS_COUNT_FOR_NOTHING {
        @Override
        Collector collector(Collector.Log log, Collector.Asked asked) {
            return new Collector(log, asked) {
                @Override
                Floors floors(RefsState list, Map<StreamId, StreamState> heads) {
                    return super.floors(
                            new RefsState(
                                    list.sequence(),
                                    list.digest(),
                                    list.live(),
                                    list.streams(),
                                    Map.of(),
                                    list.floors(),
                                    list.fenced(),
                                    list.checkpointed()),
                            heads);
                }
            };
        }
    },

    /** What the records that are kept name goes: where branches were made from, and what was merged. */
    NAMES_COUNT_FOR_NOTHING {
        @Override
        Collector collector(Collector.Log log, Collector.Asked asked) {
            return new Collector(log, asked) {
                @Override
                Floors floors(RefsState list, Map<StreamId, StreamState> heads) {
                    return new Floors(list, heads, log.lineage()) {
                        @Override
                        void follow() {}
                    };
                }
            };
        }
    };

    abstract Collector collector(Collector.Log log, Collector.Asked asked);

    /** @param log as {@link GraphLogs} opened it */
    public CollectReport run(GraphLog log, CollectRequest request, Provenance by, BooleanSupplier cancelled) {
        return collector(((StoredGraphLog) log).collected(), new Collector.Asked(request, by, cancelled))
                .run();
    }
}
