package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.view.Column;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.Neighbours;
import io.precinct.engine.view.Topology;
import io.precinct.engine.view.TypeView;
import io.precinct.engine.view.Views;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Views of what {@link MemoryTables} holds, overlays included; hidden base rows are dead row numbers. */
final class MemoryViews implements Views {
    private final MemoryTables tables;

    MemoryViews(MemoryTables tables) {
        this.tables = tables;
    }

    @Override
    public GraphView of(Snapshot snapshot) {
        return new MemoryView(snapshot);
    }

    @Override
    public long heldBytes() {
        return 0;
    }

    @Override
    public void close() {}

    private final class MemoryView implements GraphView {
        private final Snapshot snapshot;
        private final Map<TypeId, MemoryType> types = new HashMap<>();

        MemoryView(Snapshot snapshot) {
            this.snapshot = snapshot;
        }

        @Override
        public Snapshot snapshot() {
            return snapshot;
        }

        @Override
        public MemoryType type(TypeId type) {
            return types.computeIfAbsent(type, id -> new MemoryType(snapshot.type(id), tables));
        }

        @Override
        public Topology topology(TypeId edgeType) {
            MemoryType edges = type(edgeType);
            EntityType.Edge edge = (EntityType.Edge) edges.type();
            MemoryType sources = type(edge.source());
            MemoryType destinations = type(edge.destination());
            return new Topology() {
                @Override
                public void outgoing(int node, Neighbours into) {
                    into.clear();
                    for (int row = 0; row < edges.rows(); row++) {
                        if (edges.live(row) && edges.sourceNumber(row) == sources.number(node)) {
                            into.add(row, destinations.rowOfNumber(edges.destinationNumber(row)));
                        }
                    }
                }

                @Override
                public void incoming(int node, Neighbours into) {
                    into.clear();
                    for (int row = 0; row < edges.rows(); row++) {
                        if (edges.live(row) && edges.destinationNumber(row) == destinations.number(node)) {
                            into.add(row, sources.rowOfNumber(edges.sourceNumber(row)));
                        }
                    }
                }

                @Override
                public long outgoingCount(int node) {
                    Neighbours met = new Neighbours();
                    outgoing(node, met);
                    return met.count();
                }

                @Override
                public long incomingCount(int node) {
                    Neighbours met = new Neighbours();
                    incoming(node, met);
                    return met.count();
                }

                @Override
                public boolean simple() {
                    return false;
                }
            };
        }

        @Override
        public <T> T derived(TypeId type, Object what, ToLongFunction<T> bytes, Supplier<T> make) {
            return make.get();
        }

        @Override
        public void close() {}
    }

    private static final class MemoryType implements TypeView {
        private final TypeSnapshot snapshot;
        private final List<EntityRow> rows = new ArrayList<>();
        private final int baseRows;
        private final Map<String, Integer> byId = new HashMap<>();
        private final Map<Long, Integer> byNumber = new HashMap<>();

        MemoryType(TypeSnapshot snapshot, MemoryTables tables) {
            this.snapshot = snapshot;
            rows.addAll(tables.rows(snapshot.pin()));
            baseRows = rows.size();
            snapshot.overlay().entries().values().forEach(e -> e.row().ifPresent(rows::add));
            for (int row = 0; row < rows.size(); row++) {
                if (live(row)) {
                    byId.put(rows.get(row).id(), row);
                    byNumber.put(rows.get(row).number(), row);
                }
            }
        }

        @Override
        public EntityType type() {
            return snapshot.type();
        }

        @Override
        public int rows() {
            return rows.size();
        }

        @Override
        public boolean live(int row) {
            return row >= baseRows
                    || !snapshot.overlay().entries().containsKey(rows.get(row).id());
        }

        @Override
        public long count() {
            return byId.size();
        }

        @Override
        public int rowOf(String id) {
            return byId.getOrDefault(id, -1);
        }

        @Override
        public int rowOfNumber(long number) {
            return byNumber.getOrDefault(number, -1);
        }

        @Override
        public String id(int row) {
            return rows.get(row).id();
        }

        @Override
        public long number(int row) {
            return rows.get(row).number();
        }

        @Override
        public long sourceNumber(int row) {
            return rows.get(row).ends().orElseThrow().sourceNumber();
        }

        @Override
        public long destinationNumber(int row) {
            return rows.get(row).ends().orElseThrow().destinationNumber();
        }

        @Override
        public Column column(PropertyId property) {
            int position = RowValues.position(type(), property);
            return new Column() {
                @Override
                public boolean isNull(int row) {
                    return rows.get(row).value(position).isEmpty();
                }

                @Override
                public long longAt(int row) {
                    return ((Number) valueAt(row)).longValue();
                }

                @Override
                public double doubleAt(int row) {
                    return ((Number) valueAt(row)).doubleValue();
                }

                @Override
                public boolean booleanAt(int row) {
                    return (Boolean) valueAt(row);
                }

                @Override
                public String textAt(int row) {
                    return (String) valueAt(row);
                }

                @Override
                public Object valueAt(int row) {
                    return rows.get(row).value(position).orElseThrow();
                }
            };
        }

        @Override
        public EntityRow row(int row) {
            return rows.get(row);
        }
    }
}
