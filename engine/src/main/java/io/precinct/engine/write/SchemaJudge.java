package io.precinct.engine.write;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.Constraint;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.EvolutionCode;
import io.precinct.engine.schema.Property;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges stored entities by what a changed schema newly demands: values that became required, new {@code @range},
 * {@code @check} and {@code @unique}, a tighter {@code @card}. What held before is not looked at again.
 */
final class SchemaJudge {
    private final GraphView view;
    private final IdBudget budget;
    private final CallerAccess access;
    private final List<Diagnostic> broken = new ArrayList<>();

    SchemaJudge(GraphView view, CallerAccess access, IdBudget budget) {
        this.budget = budget;
        this.view = view;
        this.access = access;
    }

    /** @throws EngineException with {@code Invalid}: what stands against the change, at most {@value Findings#LIMIT} */
    void throwIfAny() {
        if (!broken.isEmpty()) {
            throw new EngineException(new EngineFailure.Invalid(broken));
        }
    }

    /** Whether any entity had to be looked at: then the verdict holds for these entities only. */
    boolean check(EntityType before, RowMapping mapping) {
        EntityType after = mapping.after();
        List<Constraint> fresh = after.constraints().stream()
                .filter(c -> !before.constraints().contains(c))
                .toList();
        EntityType demanded = demanded(after, mapping, fresh);
        boolean rules = demanded.properties().stream().anyMatch(p -> !p.type().nullable())
                || !demanded.constraints().isEmpty();
        List<Constraint.Unique> uniques = fresh.stream()
                .filter(Constraint.Unique.class::isInstance)
                .map(Constraint.Unique.class::cast)
                .toList();
        boolean looked = false;
        if (rules || !uniques.isEmpty()) {
            rows(before, mapping, new ValueRules(demanded), uniques);
            looked = true;
        }
        if (before instanceof EntityType.Edge old && after instanceof EntityType.Edge edge && tighter(old, edge)) {
            cardinality(edge);
            looked = true;
        }
        return looked;
    }

    private static boolean tighter(EntityType.Edge before, EntityType.Edge after) {
        boolean fewer = after.most().isPresent()
                && (before.most().isEmpty()
                        || after.most().get() < before.most().get());
        return fewer || after.least() > before.least();
    }

    /** The type with only the new demands that a row keeps or breaks by itself. */
    private static EntityType demanded(EntityType type, RowMapping mapping, List<Constraint> fresh) {
        List<Property> properties = type.properties().stream()
                .map(p -> new Property(
                        p.id(),
                        p.name(),
                        withoutValues(mapping.requires(p) ? p : nullable(p)).type(),
                        Map.of()))
                .toList();
        List<Constraint> constraints = fresh.stream()
                .filter(c -> c instanceof Constraint.Range || c instanceof Constraint.Check)
                .toList();
        return new EntityType.Node(type.id(), type.name(), List.of(), properties, constraints, Map.of());
    }

    private static Property nullable(Property property) {
        return new Property(property.id(), property.name(), property.type().asNullable(), Map.of());
    }

    private static Property withoutValues(Property property) {
        return new Property(
                property.id(),
                property.name(),
                new io.precinct.engine.schema.PropertyType(
                        property.type().scalar(),
                        property.type().dimension(),
                        Optional.empty(),
                        property.type().list(),
                        property.type().nullable()),
                Map.of());
    }

    private void rows(EntityType before, RowMapping mapping, ValueRules rules, List<Constraint.Unique> uniques) {
        TypeView rows = view.type(before.id());
        EntityType after = mapping.after();
        List<UniqueTuples> tuples = uniques.stream()
                .map(u -> new UniqueTuples(u, after, view.snapshot().numbers(), budget))
                .toList();
        Findings findings = new Findings();
        for (int i = 0; i < rows.rows() && !findings.full(); i++) {
            if (!rows.live(i)) {
                continue;
            }
            EntityRow row = mapping.of(rows.row(i));
            rules.check(position -> row.value(position).orElse(null), 0, findings);
            for (UniqueTuples held : tuples) {
                unique(held, after, row, findings);
            }
        }
        findings.found().forEach(found -> add(before, found));
    }

    private static void unique(UniqueTuples held, EntityType type, EntityRow row, Findings findings) {
        held.tuple(
                        RowValues.of(type, row),
                        row.ends().map(EntityRow.Ends::source).orElse(""),
                        row.ends().map(EntityRow.Ends::destination).orElse(""))
                .ifPresent(tuple -> held.claim(tuple, row.id())
                        .ifPresent(first -> findings.add("unique", held.violation(tuple, first, row.id()), 0)));
    }

    /** As for every write, a source without edges breaks no least count. */
    private void cardinality(EntityType.Edge edge) {
        TypeView rows = view.type(edge.id());
        Map<Long, Long> counts = new HashMap<>();
        Map<Long, Integer> first = new HashMap<>();
        for (int i = 0; i < rows.rows(); i++) {
            if (rows.live(i)) {
                counts.merge(rows.sourceNumber(i), 1L, Long::sum);
                first.putIfAbsent(rows.sourceNumber(i), i);
            }
        }
        Findings findings = new Findings();
        counts.forEach((source, count) -> {
            boolean many = edge.most().isPresent() && count > edge.most().get();
            if (many || count < edge.least()) {
                String name = first.containsKey(source)
                        ? rows.row(first.get(source)).ends().orElseThrow().source()
                        : "";
                findings.add(
                        "card",
                        "@card violation on edge " + edge.name() + ": source '" + name + "' has " + count + " edges "
                                + (many ? "(max " + edge.most().orElseThrow() + ")" : "(min " + edge.least() + ")"),
                        0);
            }
        });
        findings.found().forEach(found -> add(edge, found));
    }

    /** Names and values are told only to who sees every entity of the type. */
    private void add(EntityType type, Diagnostic found) {
        EvolutionCode code = switch (found.code()) {
            case "required" -> EvolutionCode.TIGHTEN_NULLABLE;
            case "range" -> EvolutionCode.ADD_RANGE;
            case "check" -> EvolutionCode.ADD_CHECK;
            case "unique" -> EvolutionCode.ADD_UNIQUE;
            case "card" -> EvolutionCode.ADD_CARDINALITY;
            default -> throw new IllegalStateException("no demand of a schema is called " + found.code());
        };
        boolean open = access.seesAll(type)
                && access.access(type).denied().isEmpty()
                && access.access(type).masks().isEmpty();
        String message = open ? found.message() : "entities of " + type.name() + " stand against this change";
        Diagnostic told = new Diagnostic(
                code.code(), Diagnostic.Severity.ERROR, "[" + code.code() + "] " + message, Optional.empty(), 0);
        if (broken.size() < Findings.LIMIT && !broken.contains(told)) {
            broken.add(told);
        }
    }
}
