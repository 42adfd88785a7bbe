package io.precinct.engine.reference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.LoadMode;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.ArgumentBinder;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.QueryCompiler;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.RowAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One graph in the engine and as maps, and what both say of one read. */
public final class Trial {
    private final Graph graph;
    private final Snapshot snapshot;
    private final PlainGraph plain;

    private Trial(Graph graph, PlainGraph plain) {
        this.graph = graph;
        this.snapshot = LocalGraphs.head(graph);
        this.plain = plain;
    }

    /**
     * The nodes are loaded, then the edges in as many loads as said.
     *
     * @param stale nodes that a first load writes and folds into the pins, for the overlays to replace
     */
    static Trial of(LocalGraphs graphs, Schema schema, List<String> lines, List<String> stale, int loads) {
        Graph graph = graphs.create(schema.source());
        Map<Boolean, List<String>> parts =
                lines.stream().collect(Collectors.partitioningBy(line -> line.startsWith("{\"edge\"")));
        load(graph, LoadMode.APPEND, stale);
        if (!stale.isEmpty()) {
            graph.compact(BranchName.MAIN, LocalGraphs.TESTER, () -> false);
        }
        load(graph, LoadMode.MERGE, parts.get(false));
        List<String> edges = parts.get(true);
        int part = Math.max(1, (edges.size() + loads - 1) / loads);
        for (int from = 0; from < edges.size(); from += part) {
            load(graph, LoadMode.APPEND, edges.subList(from, Math.min(edges.size(), from + part)));
        }
        return new Trial(graph, PlainGraph.read(String.join("\n", lines), schema));
    }

    private static void load(Graph graph, LoadMode mode, List<String> lines) {
        if (!lines.isEmpty()) {
            LocalGraphs.load(graph, mode, String.join("\n", lines), AccessGate.UNRESTRICTED);
        }
    }

    /** Over a graph that exists; its export is taken for what it holds. */
    public static Trial of(Graph graph) {
        Snapshot head = LocalGraphs.head(graph);
        return new Trial(graph, PlainGraph.read(LocalGraphs.export(graph, AccessGate.UNRESTRICTED), head.schema()));
    }

    /** The checked read; empty when the text doesn't type-check. */
    Optional<CheckedStatement.Read> check(String text) {
        try {
            return Optional.of(
                    (CheckedStatement.Read) QueryCompiler.compile(text, Optional.empty(), snapshot.schema()));
        } catch (EngineException e) {
            if (e.failure() instanceof EngineFailure.Invalid) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** How the engine's answer differs from the meaning; empty when it doesn't. */
    Optional<String> disagreement(
            CheckedStatement.Read read, ObjectNode parameters, Map<String, RowAccess> access, Fault fault) {
        Schema schema = snapshot.schema();
        PlainPolicy policy = new PlainPolicy(schema, access);
        Optional<String> refusal = policy.refusal(read);
        List<List<Object>> actual;
        try {
            CheckedStatement.Read asked = fault.statement(read);
            actual = fault.rows(asked, rows(asked, parameters, gate(fault.access(access))));
        } catch (EngineException e) {
            boolean denied = e.failure() instanceof EngineFailure.Denied;
            return denied && refusal.isPresent() ? Optional.empty() : Optional.of("failed: " + e.failure());
        } catch (RuntimeException e) {
            return Optional.of(
                    "broke: " + e + " at " + List.of(e.getStackTrace()).subList(0, 4));
        }
        if (refusal.isPresent()) {
            return Optional.of("answered in spite of " + refusal.get());
        }
        // A limit without an order takes some rows, and always the same ones.
        if (fault == Fault.NONE && read.order().isEmpty() && read.limit().isPresent()) {
            List<List<Object>> again = rows(read, parameters, gate(access));
            if (!again.equals(actual)) {
                return Optional.of("first " + actual + "\n then " + again);
            }
        }
        PlainGraph visible = policy.reduced(
                plain, text -> PlainPolicy.digest(snapshot.numbers().seed(), text));
        ReferenceInterpreter.Answer expected =
                new ReferenceInterpreter(visible, arguments(read, parameters), LocalGraphs.NOW).run(read);
        // Groups have no ids to break ties by, and ids that a caller may not read don't order what he reads.
        boolean ties =
                !read.aggregates() && read.pattern().nodes().stream().noneMatch(node -> policy.keyHidden(node.type()));
        return Agreement.difference(read, actual, expected, ties);
    }

    public Optional<String> disagreement(
            CheckedStatement.Read read, ObjectNode parameters, Map<String, RowAccess> access) {
        return disagreement(read, parameters, access, Fault.NONE);
    }

    static AccessGate gate(Map<String, RowAccess> access) {
        return new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return access.getOrDefault(typeName, RowAccess.NONE);
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Denied(List.of("reads only"));
            }
        };
    }

    private static Map<String, Object> arguments(CheckedStatement.Read read, ObjectNode parameters) {
        Arguments bound = ArgumentBinder.bind(read.parameters(), parameters, LocalGraphs.NOW);
        Map<String, Object> values = new HashMap<>();
        read.parameters()
                .forEach(parameter -> values.put(
                        parameter.name(), PlainValues.of(bound.value(parameter).orElse(null), parameter.type())));
        return values;
    }

    private List<List<Object>> rows(CheckedStatement.Read read, ObjectNode parameters, AccessGate gate) {
        List<List<Object>> rows = new ArrayList<>();
        try (RowCursor cursor = graph.query(snapshot, read, parameters, gate, ExecutionBudget.unbounded())) {
            for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                for (int row = 0; row < batch.get().rows(); row++) {
                    List<Object> values = new ArrayList<>();
                    for (int column = 0; column < read.projections().size(); column++) {
                        Expression expression = read.projections().get(column).expression();
                        values.add(PlainValues.of(batch.get().value(row, column).orElse(null), expression.type()));
                    }
                    rows.add(values);
                }
            }
        }
        return rows;
    }
}
