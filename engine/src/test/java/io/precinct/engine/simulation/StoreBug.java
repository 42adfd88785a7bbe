package io.precinct.engine.simulation;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Bugs in how a process works with the object store, or in the store. */
enum StoreBug implements Defect.Plant {
    /** Two writers win one slot: the later record takes the place of the earlier one. */
    NO_FENCE {
        @Override
        public Defect in(World world) {
            return stored(store -> new ForwardingStore(store) {
                @Override
                public PutResult putIfAbsent(String key, byte[] bytes) {
                    PutResult result = super.putIfAbsent(key, bytes);
                    if (result == PutResult.EXISTS && isRecord(key)) {
                        store.put(key, bytes);
                    }
                    return isRecord(key) ? PutResult.CREATED : result;
                }
            });
        }
    },

    /** Looks whether the slot is free, and then writes it. */
    FENCE_IN_TWO_STEPS {
        @Override
        public Defect in(World world) {
            return stored(store -> new ForwardingStore(store) {
                @Override
                public PutResult putIfAbsent(String key, byte[] bytes) {
                    Optional<byte[]> there = store.get(key);
                    if (there.isPresent()) {
                        return Arrays.equals(there.get(), bytes) ? PutResult.CREATED : PutResult.EXISTS;
                    }
                    world.between();
                    store.put(key, bytes);
                    return PutResult.CREATED;
                }
            });
        }
    },

    /** Who lost a slot takes it for won. */
    LOSER_BELIEVES_IT_WON {
        @Override
        public Defect in(World world) {
            return fronted(front -> new ForwardingStore(front) {
                @Override
                public PutResult putIfAbsent(String key, byte[] bytes) {
                    super.putIfAbsent(key, bytes);
                    return PutResult.CREATED;
                }
            });
        }
    },

    /** A put whose answer is missing counts as one that was not done. */
    DOUBT_TOLD_AS_FAILURE {
        @Override
        public Defect in(World world) {
            return fronted(front -> new ForwardingStore(front) {
                @Override
                public PutResult putIfAbsent(String key, byte[] bytes) {
                    try {
                        return super.putIfAbsent(key, bytes);
                    } catch (StoreException unclear) {
                        throw new StoreException(StoreException.Kind.UNAVAILABLE, unclear.getMessage(), unclear);
                    }
                }
            });
        }
    },

    /** A put whose answer is missing counts as done. */
    DOUBT_TOLD_AS_SUCCESS {
        @Override
        public Defect in(World world) {
            return fronted(front -> new ForwardingStore(front) {
                @Override
                public PutResult putIfAbsent(String key, byte[] bytes) {
                    try {
                        return super.putIfAbsent(key, bytes);
                    } catch (StoreException unclear) {
                        if (unclear.kind() == StoreException.Kind.IN_DOUBT) {
                            return PutResult.CREATED;
                        }
                        throw unclear;
                    }
                }
            });
        }
    },

    /** Acknowledges a record that is still in memory. */
    ACKNOWLEDGED_BEFORE_DURABLE {
        @Override
        public Defect in(World world) {
            Map<String, byte[]> unwritten = new LinkedHashMap<>();
            return fronted(front -> new ForwardingStore(front) {
                @Override
                public PutResult putIfAbsent(String key, byte[] bytes) {
                    Map<String, byte[]> now = new LinkedHashMap<>(unwritten);
                    unwritten.clear();
                    now.forEach(super::putIfAbsent);
                    if (!isRecord(key) || store.get(key).isPresent()) {
                        return super.putIfAbsent(key, bytes);
                    }
                    unwritten.put(key, bytes);
                    return PutResult.CREATED;
                }

                @Override
                public Optional<byte[]> get(String key) {
                    return Optional.ofNullable(unwritten.get(key)).or(() -> super.get(key));
                }
            });
        }
    },

    /** Remembers for a while that a slot was free. */
    STALE_READS {
        @Override
        public Defect in(World world) {
            Map<String, Integer> missing = new HashMap<>();
            return fronted(front -> new ForwardingStore(front) {
                @Override
                public synchronized Optional<byte[]> get(String key) {
                    if (isRecord(key) && missing.merge(key, -1, Integer::sum) > 0) {
                        return Optional.empty();
                    }
                    Optional<byte[]> found = super.get(key);
                    missing.put(key, found.isPresent() ? 0 : 4);
                    return found;
                }
            });
        }
    },

    /** A record can be seen before it is whole. */
    RECORDS_APPEAR_IN_PARTS {
        @Override
        public Defect in(World world) {
            return stored(store -> new ForwardingStore(store) {
                @Override
                public PutResult putIfAbsent(String key, byte[] bytes) {
                    if (!isRecord(key)) {
                        return super.putIfAbsent(key, bytes);
                    }
                    PutResult result = super.putIfAbsent(key, Arrays.copyOf(bytes, bytes.length / 2));
                    if (result == PutResult.CREATED) {
                        world.between();
                        store.put(key, bytes);
                    }
                    return result;
                }
            });
        }
    },

    /** Every third change of the list of branches is lost. */
    LOST_CHANGES_OF_THE_LIST {
        @Override
        public Defect in(World world) {
            int[] count = new int[1];
            return stored(store -> new ForwardingStore(store) {
                @Override
                public PutResult putIfAbsent(String key, byte[] bytes) {
                    return key.startsWith("log/~refs/") && ++count[0] % 3 == 0
                            ? PutResult.CREATED
                            : super.putIfAbsent(key, bytes);
                }
            });
        }
    };

    private static Defect stored(UnaryOperator<ObjectStore> bend) {
        return new Defect() {
            @Override
            public ObjectStore store(ObjectStore store) {
                return bend.apply(store);
            }
        };
    }

    private static Defect fronted(UnaryOperator<ObjectStore> bend) {
        return new Defect() {
            @Override
            public ObjectStore front(ObjectStore front) {
                return bend.apply(front);
            }
        };
    }
}
