package io.precinct.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.MergeConflict;
import io.precinct.engine.MergeReceipt;
import io.precinct.engine.reference.LocalGraphs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What one side does against what the other does, cell by cell, with the state that comes of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationTruthTableTest {
    @TempDir
    static Path directory;

    private LocalGraphs graphs;

    enum Operation {
        NOOP,
        ADD_NODE,
        REMOVE_NODE,
        ADD_EDGE,
        REMOVE_EDGE,
        SET_PROPERTY,
        NET_ZERO_EDGE
    }

    /** What a cell must come to: a conflict, or its outcome. */
    private record Expected(MergeReceipt.Outcome outcome, Optional<MergeConflict.Kind> conflict) {
        static Expected of(MergeReceipt.Outcome outcome) {
            return new Expected(outcome, Optional.empty());
        }

        static Expected conflict(MergeConflict.Kind kind) {
            return new Expected(MergeReceipt.Outcome.MERGED, Optional.of(kind));
        }
    }

    /** Exhaustive: an operation that is added has no cell until it is given one here. */
    private static Expected expected(Operation source, Operation target) {
        Expected merged = Expected.of(MergeReceipt.Outcome.MERGED);
        return switch (source) {
            case NOOP -> Expected.of(MergeReceipt.Outcome.ALREADY_UP_TO_DATE);
            case ADD_NODE ->
                switch (target) {
                    case NOOP -> Expected.of(MergeReceipt.Outcome.FAST_FORWARD);
                    case ADD_NODE -> Expected.conflict(MergeConflict.Kind.DIVERGENT_INSERT);
                    case REMOVE_NODE, ADD_EDGE, REMOVE_EDGE, SET_PROPERTY, NET_ZERO_EDGE -> merged;
                };
            case REMOVE_NODE ->
                switch (target) {
                    case NOOP -> Expected.of(MergeReceipt.Outcome.FAST_FORWARD);
                    case ADD_EDGE -> Expected.conflict(MergeConflict.Kind.ORPHAN_EDGE);
                    case SET_PROPERTY -> Expected.conflict(MergeConflict.Kind.DELETE_VS_UPDATE);
                    case ADD_NODE, REMOVE_NODE, REMOVE_EDGE, NET_ZERO_EDGE -> merged;
                };
            case ADD_EDGE ->
                switch (target) {
                    case NOOP -> Expected.of(MergeReceipt.Outcome.FAST_FORWARD);
                    case REMOVE_NODE -> Expected.conflict(MergeConflict.Kind.ORPHAN_EDGE);
                    case ADD_NODE, ADD_EDGE, REMOVE_EDGE, SET_PROPERTY, NET_ZERO_EDGE -> merged;
                };
            case REMOVE_EDGE, NET_ZERO_EDGE ->
                switch (target) {
                    case NOOP -> Expected.of(MergeReceipt.Outcome.FAST_FORWARD);
                    case ADD_NODE, REMOVE_NODE, ADD_EDGE, REMOVE_EDGE, SET_PROPERTY, NET_ZERO_EDGE -> merged;
                };
            case SET_PROPERTY ->
                switch (target) {
                    case NOOP -> Expected.of(MergeReceipt.Outcome.FAST_FORWARD);
                    case REMOVE_NODE -> Expected.conflict(MergeConflict.Kind.DELETE_VS_UPDATE);
                    case SET_PROPERTY -> Expected.conflict(MergeConflict.Kind.DIVERGENT_UPDATE);
                    case ADD_NODE, ADD_EDGE, REMOVE_EDGE, NET_ZERO_EDGE -> merged;
                };
        };
    }

    private static void perform(Operation operation, Histories histories, String branch) {
        boolean source = branch.equals("source");
        switch (operation) {
            case NOOP -> {}
            case ADD_NODE -> histories.person(branch, "Eve", source ? 1 : 2);
            case REMOVE_NODE -> histories.deletePerson(branch, "Alice");
            case ADD_EDGE -> histories.knows(branch, "new-" + branch, "Alice", "Carol", 5);
            case REMOVE_EDGE -> histories.deleteEdges(branch, "Bob");
            case SET_PROPERTY -> histories.person(branch, "Alice", source ? 31 : 32);
            case NET_ZERO_EDGE -> {
                histories.knows(branch, "brief-" + branch, "Dan", "Carol", 6);
                histories.deleteEdges(branch, "Dan");
            }
        }
    }

    /** The lines of the four people and the edge after both operations, none of which conflicts with the other. */
    private static Set<String> stateAfter(Operation source, Operation target) {
        Set<String> lines = new TreeSet<>();
        List<Operation> both = List.of(source, target);
        if (!both.contains(Operation.REMOVE_NODE)) {
            lines.add(person(
                    "Alice", source == Operation.SET_PROPERTY ? 31 : target == Operation.SET_PROPERTY ? 32 : 30));
        }
        lines.add(person("Bob", 40));
        lines.add(person("Carol", 50));
        lines.add(person("Dan", 60));
        if (both.contains(Operation.ADD_NODE)) {
            lines.add(person("Eve", source == Operation.ADD_NODE ? 1 : 2));
        }
        if (!both.contains(Operation.REMOVE_EDGE)) {
            lines.add(edge("Bob", "bob-carol", 1));
        }
        if (source == Operation.ADD_EDGE) {
            lines.add(edge("Alice", "new-source", 5));
        }
        if (target == Operation.ADD_EDGE) {
            lines.add(edge("Alice", "new-target", 5));
        }
        return lines;
    }

    private static String person(String name, int age) {
        return "{\"type\":\"Person\",\"data\":{\"id\":\"%s\",\"age\":%d,\"name\":\"%s\"}}".formatted(name, age, name);
    }

    private static String edge(String from, String id, int since) {
        return "{\"edge\":\"Knows\",\"from\":\"%s\",\"to\":\"Carol\",\"data\":{\"id\":\"%s\",\"since\":%d}}"
                .formatted(from, id, since);
    }

    @BeforeAll
    void open() {
        graphs = new LocalGraphs(directory);
    }

    @AfterAll
    void close() {
        graphs.close();
    }

    @TestFactory
    Stream<DynamicTest> eachCellComesToItsOutcomeAndState() {
        List<DynamicTest> cells = new ArrayList<>();
        for (Operation source : Operation.values()) {
            for (Operation target : Operation.values()) {
                cells.add(DynamicTest.dynamicTest(source + " into " + target, () -> check(source, target)));
            }
        }
        return cells.stream();
    }

    private void check(Operation source, Operation target) {
        Histories histories = new Histories(graphs.create(Histories.SCHEMA));
        for (String line : List.of(person("Alice", 30), person("Bob", 40), person("Carol", 50), person("Dan", 60))) {
            histories.load("main", line);
        }
        histories.load("main", edge("Bob", "bob-carol", 1));
        histories.branch("target", "main");
        histories.branch("source", "main");
        perform(source, histories, "source");
        perform(target, histories, "target");
        Set<String> before = histories.state("target");
        Set<String> untouched = histories.state("source");
        var head = histories.head("target").head();

        Expected expected = expected(source, target);
        if (expected.conflict().isPresent()) {
            List<MergeConflict> conflicts = histories.conflicts("source", "target");
            assertThat(conflicts)
                    .extracting(MergeConflict::kind)
                    .contains(expected.conflict().get());
            assertThat(histories.state("target")).isEqualTo(before);
            assertThat(histories.head("target").head()).isEqualTo(head);
        } else {
            var receipt = histories.merge("source", "target");
            assertThat(receipt.outcome()).isEqualTo(expected.outcome());
            assertThat(histories.state("target")).isEqualTo(stateAfter(source, target));
            if (expected.outcome() == MergeReceipt.Outcome.ALREADY_UP_TO_DATE) {
                assertThat(receipt.commit()).isEmpty();
                assertThat(histories.head("target").head()).isEqualTo(head);
            } else {
                assertThat(receipt.commit().orElseThrow().parent()).contains(head.id());
                assertThat(receipt.commit().orElseThrow().mergedParent())
                        .contains(histories.head("source").head().id());
                assertThat(histories.merge("source", "target").outcome())
                        .isEqualTo(MergeReceipt.Outcome.ALREADY_UP_TO_DATE);
            }
        }
        assertThat(histories.state("source")).isEqualTo(untouched);
    }
}
