package io.precinct.engine.reference;

import io.precinct.engine.schema.CalendarText;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Condition.Comparison;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A random caller: row rules, masks, denied properties and, now and then, a type that isn't granted. */
final class RandomGate {
    private final Draw draw;

    private RandomGate(Draw draw) {
        this.draw = draw;
    }

    static Map<String, RowAccess> of(Schema schema, Draw draw) {
        RandomGate gate = new RandomGate(draw);
        Map<String, RowAccess> access = new HashMap<>();
        for (EntityType type : schema.types()) {
            // A node type and an edge type may share a name, and then they share their rule.
            boolean shared = schema.types().stream()
                            .filter(other -> other.name().equals(type.name()))
                            .count()
                    > 1;
            access.put(type.name(), draw.percent(4) ? RowAccess.NONE : shared ? RowAccess.ALL : gate.access(type));
        }
        return access;
    }

    private RowAccess access(EntityType type) {
        Map<String, Mask> masks = new HashMap<>();
        if (draw.percent(30) && !type.properties().isEmpty()) {
            Property masked = draw.of(type.properties());
            boolean text =
                    masked.type().scalar() == Scalar.STRING && !masked.type().list();
            masks.put(
                    masked.name(),
                    new Mask(
                            text && draw.percent(50) ? Mask.Kind.HASH : Mask.Kind.NULL,
                            draw.percent(50) ? Condition.NEVER : condition(type, 1)));
        }
        Set<String> denied = draw.percent(5) && !type.properties().isEmpty()
                ? Set.of(draw.of(type.properties()).name())
                : Set.of();
        return new RowAccess(
                true, draw.percent(60) ? condition(type, 2) : Condition.ALWAYS, masks, denied, Condition.NEVER);
    }

    private Condition condition(EntityType type, int depth) {
        if (depth > 0 && draw.percent(50)) {
            List<Condition> parts = new ArrayList<>();
            for (int i = draw.below(3); i > 0; i--) {
                parts.add(condition(type, depth - 1));
            }
            return switch (draw.below(3)) {
                case 0 -> new Condition.All(parts);
                case 1 -> new Condition.Any(parts);
                default -> new Condition.Not(condition(type, depth - 1));
            };
        }
        if (type.properties().isEmpty() || draw.percent(8)) {
            return draw.percent(70) ? Condition.ALWAYS : Condition.NEVER;
        }
        Condition field = field(draw.of(type.properties()));
        return draw.percent(25) ? new Condition.Not(field) : field;
    }

    private Condition field(Property property) {
        if (property.type().list()) {
            return new Condition.Field(
                    property.name(),
                    Comparison.CONTAINS,
                    operand(property.type().element()));
        }
        if (property.type().scalar() == Scalar.STRING && draw.percent(20)) {
            return new Condition.Field(
                    property.name(), Comparison.STARTS_WITH, new Operand.Text(draw.of(RandomGraph.TEXTS)));
        }
        if (draw.percent(25)) {
            return new Condition.Field(
                    property.name(),
                    Comparison.IN,
                    new Operand.Items(List.of(operand(property.type()), operand(property.type()))));
        }
        return new Condition.Field(
                property.name(),
                draw.of(List.of(
                        Comparison.EQ, Comparison.NE, Comparison.LT, Comparison.LTE, Comparison.GT, Comparison.GTE)),
                operand(property.type()));
    }

    private Operand operand(PropertyType type) {
        return switch (type.scalar()) {
            case STRING -> new Operand.Text((String) RandomGraph.value(type, draw));
            case BOOL -> new Operand.Truth(draw.percent(50));
            case I32, I64, U32, U64, F32, F64 ->
                draw.percent(60)
                        ? new Operand.Whole(draw.between(-1, 3))
                        : new Operand.Real(draw.of(List.of(-1.5, 0.0, 0.1, 0.5, 2.75, 3.0)));
            case DATE -> new Operand.Text(CalendarText.date(draw.between(-1, 2)));
            case DATE_TIME -> new Operand.Text(CalendarText.dateTime(draw.between(-1, 2)));
            case BLOB, VECTOR -> throw new IllegalArgumentException("no random " + type.display());
        };
    }
}
