package io.precinct.engine.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.exec.Graphs;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.TypeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DecodedViewsTest {
    @Test
    void viewHoldsExactlyTheRowsOfPinAndOverlay() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            Graphs.Sample sample = Graphs.random(random);
            try (RowTables tables = new RowTables(1 + random.nextInt(4));
                    DecodedViews views = new DecodedViews(tables, 64 << 20);
                    GraphView view = views.of(sample.scattered(tables, random))) {
                for (EntityType type : Graphs.TYPES) {
                    Map<String, EntityRow> expected = sample.rows(type);
                    TypeView rows = view.type(type.id());
                    Map<String, EntityRow> actual = new TreeMap<>();
                    for (int row = 0; row < rows.rows(); row++) {
                        if (rows.live(row)) {
                            actual.put(rows.id(row), rows.row(row));
                        }
                    }
                    assertThat(actual).as("seed %d %s", seed, type.name()).isEqualTo(new TreeMap<>(expected));
                    assertThat(rows.count()).isEqualTo(expected.size());
                    expected.forEach((id, row) -> {
                        assertThat(rows.id(rows.rowOf(id))).isEqualTo(id);
                        assertThat(rows.rowOfNumber(row.number())).isEqualTo(rows.rowOf(id));
                    });
                    assertThat(rows.rowOf("gone-p0")).isEqualTo(-1);
                    if (type instanceof EntityType.Edge edge) {
                        adjacencyIsThatOfTheRows(seed, view, edge, expected);
                    }
                }
            }
        }
    }

    private static void adjacencyIsThatOfTheRows(
            long seed, GraphView view, EntityType.Edge edge, Map<String, EntityRow> expected) {
        Map<Long, Long> out = new HashMap<>();
        Map<Long, Long> in = new HashMap<>();
        expected.values().forEach(row -> {
            out.merge(row.ends().orElseThrow().sourceNumber(), 1L, Long::sum);
            in.merge(row.ends().orElseThrow().destinationNumber(), 1L, Long::sum);
        });
        Topology topology = view.topology(edge.id());
        TypeView edges = view.type(edge.id());
        TypeView sources = view.type(edge.source());
        TypeView destinations = view.type(edge.destination());
        Neighbours met = new Neighbours();
        out.forEach((node, count) -> {
            int row = sources.rowOfNumber(node);
            assertThat(topology.outgoingCount(row)).as("seed %d", seed).isEqualTo(count);
            topology.outgoing(row, met);
            assertThat(met.count()).as("seed %d", seed).isEqualTo(count.intValue());
            for (int i = 0; i < met.count(); i++) {
                assertThat(edges.sourceNumber(met.edges()[i])).isEqualTo(node);
                assertThat(edges.destinationNumber(met.edges()[i])).isEqualTo(destinations.number(met.nodes()[i]));
            }
        });
        in.forEach((node, count) -> {
            int row = destinations.rowOfNumber(node);
            assertThat(topology.incomingCount(row)).as("seed %d", seed).isEqualTo(count);
            topology.incoming(row, met);
            assertThat(met.count()).as("seed %d", seed).isEqualTo(count.intValue());
            for (int i = 0; i < met.count(); i++) {
                assertThat(edges.destinationNumber(met.edges()[i])).isEqualTo(node);
                assertThat(edges.sourceNumber(met.edges()[i])).isEqualTo(sources.number(met.nodes()[i]));
            }
        });
    }

    @Test
    void viewsOfOneVersionShareWhatWasDecoded() {
        Graphs.Sample sample = Graphs.people(100);
        try (RowTables tables = new RowTables(32);
                DecodedViews views = new DecodedViews(tables, 64 << 20)) {
            Snapshot snapshot = sample.snapshot(tables);
            TypeId person = Graphs.PERSON.id();
            try (GraphView first = views.of(snapshot)) {
                assertThat(first.type(person).rowOf("p7")).isEqualTo(7);
            }
            int scans = tables.scans();
            try (GraphView second = views.of(snapshot)) {
                assertThat(second.type(person).rowOf("p8")).isEqualTo(8);
            }
            assertThat(tables.scans()).isEqualTo(scans);
        }
    }

    @Test
    void whatNobodyUsesMakesRoomAndWhatAnOpenViewUsesStays() {
        Graphs.Sample sample = Graphs.people(1_000);
        try (RowTables tables = new RowTables(512);
                DecodedViews views = new DecodedViews(tables, 150_000)) {
            for (int i = 0; i < 10; i++) {
                try (GraphView view = views.of(sample.snapshot(tables))) {
                    assertThat(view.type(Graphs.PERSON.id()).rowOf("p999")).isEqualTo(999);
                }
            }
            assertThat(views.heldBytes()).isPositive().isLessThanOrEqualTo(150_000);
            try (GraphView open = views.of(sample.snapshot(tables))) {
                assertThat(open.type(Graphs.PERSON.id()).rowOf("p1")).isEqualTo(1);
                List<GraphView> held = new ArrayList<>();
                try {
                    assertThatThrownBy(() -> {
                                for (int i = 0; i < 10; i++) {
                                    held.add(views.of(sample.snapshot(tables)));
                                    held.getLast().type(Graphs.PERSON.id()).rowOf("p2");
                                }
                            })
                            .isInstanceOfSatisfying(
                                    EngineException.class,
                                    refused -> assertThat(refused.failure())
                                            .isInstanceOf(EngineFailure.ResourceLimit.class));
                } finally {
                    held.forEach(GraphView::close);
                }
                assertThat(open.type(Graphs.PERSON.id()).rowOf("p2")).isEqualTo(2);
            }
        }
    }
}
