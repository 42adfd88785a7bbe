package io.precinct.engine.reference;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.reference.PlainGraph.Entity;
import io.precinct.engine.schema.CalendarText;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Policy as a smaller graph: hidden rows are taken out, edges go with their ends, then masked values are replaced. */
final class PlainPolicy {
    private final Schema schema;
    private final Map<String, RowAccess> access;

    PlainPolicy(Schema schema, Map<String, RowAccess> access) {
        this.schema = schema;
        this.access = access;
    }

    private RowAccess of(EntityType type) {
        return access.getOrDefault(type.name(), RowAccess.NONE);
    }

    /** @param digest of a text under a hashing mask */
    PlainGraph reduced(PlainGraph graph, UnaryOperator<String> digest) {
        PlainGraph visible = PlainGraph.empty();
        for (EntityType type : schema.types()) {
            RowAccess rule = of(type);
            for (Entity entity : graph.of(type).values()) {
                boolean ends = !(type instanceof EntityType.Edge edge)
                        || visible.of(schema.node(edge.source())).containsKey(entity.from())
                                && visible.of(schema.node(edge.destination())).containsKey(entity.to());
                if (rule.granted() && ends && holds(rule.rows(), type, entity)) {
                    visible.put(type, entity);
                }
            }
        }
        PlainGraph masked = PlainGraph.empty();
        for (EntityType type : schema.types()) {
            visible.of(type).values().forEach(entity -> masked.put(type, masked(type, entity, digest)));
        }
        return masked;
    }

    private Entity masked(EntityType type, Entity entity, UnaryOperator<String> digest) {
        Map<String, Object> values = new HashMap<>(entity.values());
        of(type).masks().forEach((property, mask) -> {
            Object value = values.remove(property);
            if (value != null && holds(mask.shownWhere(), type, entity)) {
                values.put(property, value);
            } else if (value != null && mask.kind() == Mask.Kind.HASH) {
                values.put(property, digest.apply((String) value));
            }
        });
        return new Entity(entity.id(), entity.from(), entity.to(), values);
    }

    /** HMAC-SHA-256 with the graph's seed, in hex. */
    static String digest(long seed, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(ByteBuffer.allocate(8).putLong(seed).array(), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean holds(Condition condition, EntityType type, Entity entity) {
        return switch (condition) {
            case Condition.Constant constant -> constant.value();
            case Condition.All all -> all.parts().stream().allMatch(part -> holds(part, type, entity));
            case Condition.Any any -> any.parts().stream().anyMatch(part -> holds(part, type, entity));
            case Condition.Not not -> !holds(not.part(), type, entity);
            case Condition.Field field -> {
                Object value = entity.value(field.property());
                Property property = type.property(field.property()).orElseThrow();
                yield value != null && compares(value, field, property.type().scalar());
            }
        };
    }

    private static boolean compares(Object value, Condition.Field field, Scalar scalar) {
        return switch (field.comparison()) {
            case IN ->
                ((Operand.Items) field.operand()).values().stream().anyMatch(item -> order(value, item, scalar) == 0);
            case CONTAINS -> ((List<?>) value).stream().anyMatch(item -> order(item, field.operand(), scalar) == 0);
            case STARTS_WITH -> ((String) value).startsWith(((Operand.Text) field.operand()).value());
            case EQ -> order(value, field.operand(), scalar) == 0;
            case NE -> order(value, field.operand(), scalar) != 0;
            case LT -> order(value, field.operand(), scalar) < 0;
            case LTE -> order(value, field.operand(), scalar) <= 0;
            case GT -> order(value, field.operand(), scalar) > 0;
            case GTE -> order(value, field.operand(), scalar) >= 0;
        };
    }

    private static int order(Object value, Operand operand, Scalar scalar) {
        Object right = switch (operand) {
            case Operand.Text text
            when scalar == Scalar.DATE ->
                BigInteger.valueOf(CalendarText.date(text.value()).orElseThrow());
            case Operand.Text text
            when scalar == Scalar.DATE_TIME ->
                BigInteger.valueOf(CalendarText.dateTime(text.value()).orElseThrow());
            case Operand.Text text -> text.value();
            case Operand.Whole whole -> BigInteger.valueOf(whole.value());
            case Operand.Real real when scalar == Scalar.F32 -> (float) real.value();
            case Operand.Real real -> real.value();
            case Operand.Truth truth -> truth.value();
            case Operand.Items items -> throw new IllegalArgumentException("a list compares with nothing");
        };
        return PlainValues.order(value, right);
    }

    /** The id of such a node would tell its key. */
    boolean keyHidden(EntityType.Node type) {
        return type.keyMembers().stream().anyMatch(member -> of(type).masks().containsKey(member.name()));
    }

    /** Why the read must be refused; empty when it must be answered. */
    Optional<String> refusal(CheckedStatement.Read read) {
        Optional<String> pattern = refusal(read.pattern());
        if (pattern.isPresent()) {
            return pattern;
        }
        for (CheckedStatement.Projection projection : read.projections()) {
            boolean plain = !read.aggregates();
            Optional<String> refused = refusal(projection.expression(), !plain);
            if (refused.isPresent()) {
                return refused;
            }
        }
        for (CheckedStatement.SortKey key : read.order()) {
            Expression sorted = key.expression()
                    .orElseGet(() -> read.projections().get(key.projection()).expression());
            Optional<String> refused = refusal(sorted, true);
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }

    private Optional<String> refusal(Pattern pattern) {
        for (Pattern.NodeVariable node : pattern.nodes()) {
            if (!of(node.type()).granted()) {
                return Optional.of("type " + node.type().name());
            }
        }
        for (Pattern.Step step : pattern.steps()) {
            for (EntityType type : List.of(
                    step.edge(),
                    schema.type(step.edge().source()),
                    schema.type(step.edge().destination()))) {
                if (!of(type).granted()) {
                    return Optional.of("type " + type.name());
                }
            }
        }
        return pattern.filters().stream()
                .flatMap(filter -> Mentioned.operands(filter).stream())
                .flatMap(operand -> refusal(operand, true).stream())
                .findFirst()
                .or(() -> pattern.negations().stream()
                        .flatMap(negation -> refusal(negation).stream())
                        .findFirst());
    }

    private Optional<String> refusal(Expression expression, boolean tests) {
        return switch (expression) {
            case Expression.PropertyOf property -> {
                String name = property.property().name();
                boolean denied = of(property.owner()).denied().contains(name);
                boolean masked = tests && of(property.owner()).masks().containsKey(name);
                yield denied || masked
                        ? Optional.of("property " + property.owner().name() + "." + name)
                        : Optional.empty();
            }
            case Expression.NodeOf node ->
                node.owner().keyMembers().stream()
                        .flatMap(member ->
                                refusal(new Expression.PropertyOf(node.variable(), node.owner(), member), true)
                                        .stream())
                        .findFirst();
            case Expression.Aggregate(var function, Expression.NodeOf node, var type) -> Optional.empty();
            case Expression.Aggregate aggregate -> refusal(aggregate.argument(), true);
            case Expression.TextTest text -> refusal(text.property(), true);
            case Expression.Score score ->
                throw new IllegalStateException("ranking has a reference of its own, RankedRowsTest");
            case Expression.ParameterOf parameter -> Optional.empty();
            case Expression.Constant constant -> Optional.empty();
            case Expression.Now now -> Optional.empty();
        };
    }
}
