package io.precinct.engine.query;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Findings;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SourceText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Looks through a whole query text for what is wrong or was probably not meant. Stateless. */
public final class Lint {
    /** The text as a whole doesn't parse. */
    public static final String UNREADABLE = "Q000";
    /** No update of a type in the text assigns a property that may be null. */
    public static final String NEVER_UPDATED = "L201";

    private Lint() {}

    /** Checks every query by itself: one that fails doesn't hide what is to be said of the others. */
    public static LintReport check(String text, Schema schema) {
        QueryText whole = QueryText.of(text);
        List<GqParser.QueryContext> queries = whole.parse();
        List<LintReport.Finding> findings = new ArrayList<>();
        diagnostics(whole.findings()).forEach(d -> findings.add(finding(queries.isEmpty() ? UNREADABLE : d.code(), d)));
        List<LintReport.Result> results = new ArrayList<>();
        List<CheckedStatement> valid = new ArrayList<>();
        for (GqParser.QueryContext query : queries) {
            results.add(result(query, whole.source(), schema, valid));
        }
        findings.addAll(neverUpdated(valid));
        findings.sort(Comparator.comparing(LintReport.Finding::severity)
                .thenComparing(f -> f.typeName().orElse(""))
                .thenComparing(f -> f.property().orElse(""))
                .thenComparing(LintReport.Finding::message));
        return new LintReport(results, findings);
    }

    private static List<Diagnostic> diagnostics(Findings findings) {
        try {
            findings.throwIfAny();
            return List.of();
        } catch (EngineException e) {
            return diagnostics(e);
        }
    }

    private static List<Diagnostic> diagnostics(EngineException e) {
        return switch (e.failure()) {
            case EngineFailure.Invalid invalid -> invalid.diagnostics();
            case EngineFailure.NotSupportedYet unsupported ->
                List.of(new Diagnostic(
                        unsupported.code(), Diagnostic.Severity.ERROR, unsupported.message(), unsupported.span(), 0));
            default -> throw e;
        };
    }

    private static LintReport.Finding finding(String code, Diagnostic found) {
        String place = found.span().map(s -> s.line() + ":" + s.column() + ": ").orElse("");
        return new LintReport.Finding(
                found.severity(), code, place + found.message(), Optional.empty(), Optional.empty(), List.of());
    }

    private static LintReport.Result result(
            GqParser.QueryContext query, SourceText source, Schema schema, List<CheckedStatement> valid) {
        String name = query.lname().getText();
        boolean mutation = query.readBody() == null;
        QueryText own = new QueryText(source, new Findings());
        try {
            CheckedStatement checked = QueryCompiler.check(query, own, schema);
            valid.add(checked);
            return new LintReport.Result(
                    name,
                    mutation,
                    warnings(checked, query, mutation),
                    List.of(),
                    Optional.of(operation(checked, schema)));
        } catch (EngineException e) {
            return new LintReport.Result(name, mutation, List.of(), diagnostics(e), Optional.empty());
        }
    }

    private static List<String> warnings(CheckedStatement checked, GqParser.QueryContext query, boolean mutation) {
        List<String> warnings = new ArrayList<>();
        if (mutation && checked.parameters().isEmpty()) {
            warnings.add(
                    "mutation '" + checked.name() + "' declares no parameters, so every run writes the same values");
        }
        Set<String> used = new HashSet<>();
        variables(mutation ? query.mutation() : List.of(query.readBody()), used);
        for (Parameter parameter : checked.parameters()) {
            if (!used.contains("$" + parameter.name())) {
                warnings.add("parameter $" + parameter.name() + " is never used");
            }
        }
        return warnings;
    }

    private static void variables(List<? extends ParseTree> trees, Set<String> used) {
        for (ParseTree tree : trees) {
            if (tree instanceof TerminalNode leaf && leaf.getSymbol().getType() == GqParser.VAR) {
                used.add(leaf.getText());
            }
            for (int i = 0; i < tree.getChildCount(); i++) {
                variables(List.of(tree.getChild(i)), used);
            }
        }
    }

    private static List<LintReport.Finding> neverUpdated(List<CheckedStatement> valid) {
        SortedMap<String, EntityType.Node> updated = new TreeMap<>();
        SortedMap<String, SortedSet<String>> queries = new TreeMap<>();
        SortedMap<String, Set<String>> assigned = new TreeMap<>();
        for (CheckedStatement statement : valid) {
            if (statement instanceof CheckedStatement.Write write) {
                for (CheckedStatement.Step step : write.steps()) {
                    if (step instanceof CheckedStatement.Update update) {
                        String type = update.type().name();
                        updated.put(type, update.type());
                        queries.computeIfAbsent(type, t -> new TreeSet<>()).add(write.name());
                        update.values()
                                .keySet()
                                .forEach(p -> assigned.computeIfAbsent(type, t -> new HashSet<>())
                                        .add(p.name()));
                    }
                }
            }
        }
        List<LintReport.Finding> findings = new ArrayList<>();
        updated.forEach((name, type) -> {
            for (Property property : type.properties()) {
                boolean silent = property.type().nullable()
                        && !type.keyMembers().contains(property)
                        && !property.annotations().containsKey("embed")
                        && !assigned.getOrDefault(name, Set.of()).contains(property.name());
                if (silent) {
                    findings.add(new LintReport.Finding(
                            Diagnostic.Severity.WARNING,
                            NEVER_UPDATED,
                            name + "." + property.name() + " is nullable and no update in this text assigns it",
                            Optional.of(name),
                            Optional.of(property.name()),
                            List.copyOf(queries.getOrDefault(name, new TreeSet<>()))));
                }
            }
        });
        return findings;
    }

    private static LintReport.Operation operation(CheckedStatement checked, Schema schema) {
        return switch (checked) {
            case CheckedStatement.Read read ->
                new LintReport.Operation(
                        read.projections().stream()
                                .map(p -> new LintReport.Column(
                                        p.column(), p.expression().type()))
                                .toList(),
                        Stream.concat(
                                        named("node", read.touched().read()),
                                        named("edge", read.touched().edges()))
                                .collect(Collectors.toCollection(TreeSet::new)),
                        new TreeSet<>());
            case CheckedStatement.Write write -> writes(write, schema);
        };
    }

    private static Stream<LintReport.TypeName> named(String kind, Set<String> names) {
        return names.stream().map(name -> new LintReport.TypeName(kind, name));
    }

    private static LintReport.Operation writes(CheckedStatement.Write write, Schema schema) {
        SortedSet<LintReport.TypeName> reads = new TreeSet<>();
        SortedSet<LintReport.TypeName> writes = new TreeSet<>();
        for (CheckedStatement.Step step : write.steps()) {
            EntityType target = switch (step) {
                case CheckedStatement.InsertNode insert -> insert.type();
                case CheckedStatement.InsertEdge insert -> insert.type();
                case CheckedStatement.Update update -> update.type();
                case CheckedStatement.Delete delete -> delete.type();
            };
            writes.add(name(target));
            switch (target) {
                case EntityType.Edge edge -> {
                    reads.add(name(schema.node(edge.source())));
                    reads.add(name(schema.node(edge.destination())));
                }
                case EntityType.Node node -> {
                    if (step instanceof CheckedStatement.Delete) {
                        schema.edges().stream()
                                .filter(e -> e.source().equals(node.id())
                                        || e.destination().equals(node.id()))
                                .forEach(e -> writes.add(name(e)));
                    }
                }
            }
        }
        reads.addAll(writes);
        return new LintReport.Operation(List.of(), reads, writes);
    }

    private static LintReport.TypeName name(EntityType type) {
        return new LintReport.TypeName(
                switch (type) {
                    case EntityType.Node node -> "node";
                    case EntityType.Edge edge -> "edge";
                },
                type.name());
    }
}
