package io.precinct.engine.exec;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.view.RowTables;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** {@link SmallGraph}s for the tests of views. */
public final class Graphs {
    public static final EntityType.Node PERSON = SmallGraph.PERSON;
    public static final List<EntityType> TYPES = SmallGraph.TYPES;

    private Graphs() {}

    public static Sample random(Random random) {
        return new Sample(SmallGraph.random(random));
    }

    public static Sample people(int count) {
        SmallGraph graph = new SmallGraph();
        for (int i = 0; i < count; i++) {
            graph.node(SmallGraph.PERSON, "p" + i, i);
        }
        return new Sample(graph);
    }

    public static final class Sample {
        private final SmallGraph graph;

        Sample(SmallGraph graph) {
            this.graph = graph;
        }

        public Map<String, EntityRow> rows(EntityType type) {
            return graph.rows.get(type.id());
        }

        public Snapshot snapshot(RowTables tables) {
            return graph.snapshot(tables);
        }

        public Snapshot scattered(RowTables tables, Random random) {
            return graph.scattered(tables, random);
        }
    }
}
