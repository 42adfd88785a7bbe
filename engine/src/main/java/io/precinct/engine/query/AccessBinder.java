package io.precinct.engine.query;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.query.LogicalPlan.BoundAccess;
import io.precinct.engine.query.LogicalPlan.BoundMask;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.RowAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Joins a checked read with the caller's view of every type it touches. Anything but a full answer denies the read:
 * a type that isn't granted, a rule or mask that doesn't fit the schema, a denied property anywhere, a masked property
 * anywhere but in a plain projection of a query without aggregates, and the id of a node whose key is masked or denied.
 */
public final class AccessBinder {
    private static final String NOT_GRANTED = "type_not_granted:";
    private static final String RULE_INVALID = "rule_invalid";
    private static final String MASKED = "masked_property:";
    private static final String DENIED = "denied_property:";

    private AccessBinder() {}

    /**
     * Asks the gate once for every touched type.
     *
     * @throws EngineException with {@code Denied} and every reason, sorted
     */
    public static LogicalPlan bind(CheckedStatement.Read read, Schema schema, AccessGate gate) {
        if (!read.schemaHash().equals(schema.hash())) {
            throw new IllegalArgumentException("the statement was checked against another schema");
        }
        SortedSet<String> reasons = new TreeSet<>();
        Map<TypeId, BoundAccess> bound = new HashMap<>();
        Map<String, RowAccess> answers = new HashMap<>();
        for (EntityType type : touched(read, schema)) {
            RowAccess access = answers.computeIfAbsent(type.name(), gate::access);
            if (!access.granted()) {
                reasons.add(NOT_GRANTED + type.name());
                continue;
            }
            try {
                bound.put(type.id(), access(access, type));
            } catch (EngineException e) {
                // The caller learns that a rule is broken, not what it says.
                reasons.add(RULE_INVALID);
            }
        }
        PropertyUse use = PropertyUse.of(read);
        use.named().forEach(p -> {
            if (named(answers, p.owner()).denied().contains(p.property().name())) {
                reasons.add(DENIED + p.owner().name() + "." + p.property().name());
            }
        });
        use.tested().forEach(p -> {
            if (named(answers, p.owner()).masks().containsKey(p.property().name())) {
                reasons.add(MASKED + p.owner().name() + "." + p.property().name());
            }
        });
        if (!reasons.isEmpty()) {
            throw new EngineException(new EngineFailure.Denied(List.copyOf(reasons)));
        }
        return new LogicalPlan(read, bound);
    }

    private static RowAccess named(Map<String, RowAccess> answers, EntityType type) {
        return answers.getOrDefault(type.name(), RowAccess.NONE);
    }

    private static BoundAccess access(RowAccess access, EntityType type) {
        Map<PropertyId, BoundMask> masks = new HashMap<>();
        access.masks().forEach((name, mask) -> {
            Property property = type.property(name).orElseThrow(() -> broken(type, name));
            boolean digestible = property.type().scalar() == Scalar.STRING
                    && !property.type().list();
            if (mask.kind() == Mask.Kind.HASH && !digestible) {
                throw broken(type, name);
            }
            masks.put(property.id(), new BoundMask(mask.kind(), RowRules.bind(mask.shownWhere(), type)));
        });
        for (String name : access.denied()) {
            if (type.property(name).isEmpty()) {
                throw broken(type, name);
            }
        }
        return new BoundAccess(RowRules.bind(access.rows(), type), masks);
    }

    private static EngineException broken(EntityType type, String property) {
        return new EngineException(
                new EngineFailure.Denied(List.of(RULE_INVALID + ":" + type.name() + "." + property)));
    }

    /** Every type a scan or traversal of the read meets: from the pattern itself, and from what was declared touched. */
    private static Set<EntityType> touched(CheckedStatement.Read read, Schema schema) {
        Set<EntityType> types = new HashSet<>();
        collect(read.pattern(), schema, types);
        for (EntityType type : schema.types()) {
            boolean declared = switch (type) {
                case EntityType.Node node -> read.touched().read().contains(node.name());
                case EntityType.Edge edge -> read.touched().edges().contains(edge.name());
            };
            if (declared) {
                types.add(type);
            }
        }
        return types;
    }

    private static void collect(Pattern pattern, Schema schema, Set<EntityType> types) {
        pattern.nodes().forEach(node -> types.add(node.type()));
        for (Pattern.Step step : pattern.steps()) {
            types.add(step.edge());
            types.add(schema.type(step.edge().source()));
            types.add(schema.type(step.edge().destination()));
        }
        pattern.negations().forEach(negation -> collect(negation, schema, types));
    }

    /** Properties by how the read uses them; {@code tested}: where a mask would have to be seen through. */
    private record PropertyUse(List<Expression.PropertyOf> named, List<Expression.PropertyOf> tested) {
        static PropertyUse of(CheckedStatement.Read read) {
            PropertyUse use = new PropertyUse(new ArrayList<>(), new ArrayList<>());
            use.pattern(read.pattern());
            for (CheckedStatement.Projection projection : read.projections()) {
                boolean plain = projection.expression() instanceof Expression.PropertyOf && !read.aggregates();
                use.expression(projection.expression(), !plain);
            }
            read.rank().ifPresent(use::rank);
            for (CheckedStatement.SortKey key : read.order()) {
                use.expression(
                        key.expression()
                                .orElseGet(() ->
                                        read.projections().get(key.projection()).expression()),
                        true);
            }
            return use;
        }

        private void pattern(Pattern pattern) {
            pattern.filters().forEach(this::predicate);
            pattern.negations().forEach(this::pattern);
        }

        private void predicate(Predicate predicate) {
            switch (predicate) {
                case Predicate.Constant constant -> {}
                case Predicate.Compare compare -> {
                    expression(compare.left(), true);
                    expression(compare.right(), true);
                }
                case Predicate.In in -> expression(in.left(), true);
                case Predicate.All all -> all.parts().forEach(this::predicate);
                case Predicate.Any any -> any.parts().forEach(this::predicate);
                case Predicate.Not not -> predicate(not.part());
            }
        }

        private void expression(Expression expression, boolean test) {
            switch (expression) {
                case Expression.PropertyOf property -> {
                    named.add(property);
                    if (test) {
                        tested.add(property);
                    }
                }
                // Counting nodes counts rows and shows no id.
                case Expression.Aggregate(var function, Expression.NodeOf node, var type) -> {}
                case Expression.Aggregate aggregate -> expression(aggregate.argument(), true);
                // The id of a keyed node is the text of its key: whoever may not read the key may not read the id.
                case Expression.NodeOf node ->
                    node.owner()
                            .keyMembers()
                            .forEach(member ->
                                    expression(new Expression.PropertyOf(node.variable(), node.owner(), member), true));
                case Expression.TextTest text -> {
                    expression(text.property(), true);
                    expression(text.query(), true);
                }
                case Expression.Score score -> rank(score.rank());
                case Expression.ParameterOf parameter -> {}
                case Expression.Constant constant -> {}
                case Expression.Now now -> {}
            }
        }

        private void rank(Rank rank) {
            switch (rank) {
                case Rank.Arm arm -> {
                    expression(arm.property(), true);
                    expression(arm.query(), true);
                }
                case Rank.Rrf fusion -> {
                    rank(fusion.first());
                    rank(fusion.second());
                    expression(fusion.k(), true);
                }
            }
        }
    }
}
