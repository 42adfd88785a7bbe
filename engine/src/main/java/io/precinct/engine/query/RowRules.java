package io.precinct.engine.query;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.CalendarText;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Condition.Comparison;
import io.precinct.engine.spi.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Type-checks row rules against a type. The predicate speaks of the variable {@link LogicalPlan.BoundAccess#ROW}.
 * Texts are compared with Date and DateTime properties as days and instants, and with an enum only when they are
 * members of it. A rule that doesn't fit is an error: it is never left out.
 */
public final class RowRules {
    /** Code of the finding about a rule that doesn't fit its type. */
    public static final String CODE = "rule_invalid";

    /** Trees deeper than this are refused, so that no rule can exhaust a stack. */
    private static final int DEEPEST = 64;

    private final EntityType type;
    private final List<Diagnostic> errors = new ArrayList<>();

    private RowRules(EntityType type) {
        this.type = type;
    }

    /** @throws EngineException with {@code Invalid} and every fault of the rule */
    public static Predicate bind(Condition condition, EntityType type) {
        RowRules rules = new RowRules(type);
        Predicate bound = rules.predicate(condition, 0);
        if (!rules.errors.isEmpty()) {
            throw new EngineException(new EngineFailure.Invalid(rules.errors));
        }
        return bound;
    }

    private Predicate predicate(Condition condition, int depth) {
        if (depth > DEEPEST) {
            return refuse("the rule is nested deeper than " + DEEPEST + " levels");
        }
        return switch (condition) {
            case Condition.Constant constant -> new Predicate.Constant(constant.value());
            case Condition.All all ->
                new Predicate.All(all.parts().stream()
                        .map(part -> predicate(part, depth + 1))
                        .toList());
            case Condition.Any any ->
                new Predicate.Any(any.parts().stream()
                        .map(part -> predicate(part, depth + 1))
                        .toList());
            case Condition.Not not -> new Predicate.Not(predicate(not.part(), depth + 1));
            case Condition.Field field -> field(field);
        };
    }

    private Predicate field(Condition.Field field) {
        Optional<Property> found = type.property(field.property());
        if (found.isEmpty()) {
            return refuse(type.name() + " has no property '" + field.property() + "'");
        }
        Property property = found.get();
        Expression left = new Expression.PropertyOf(LogicalPlan.BoundAccess.ROW, type, property);
        return switch (field.comparison()) {
            case EQ, NE, LT, LTE, GT, GTE ->
                property.type().list()
                        ? mismatch(field, property)
                        : compare(left, operator(field.comparison()), field, property, property.type());
            case CONTAINS ->
                property.type().list()
                        ? compare(
                                left,
                                Predicate.Operator.CONTAINS,
                                field,
                                property,
                                property.type().element())
                        : mismatch(field, property);
            case STARTS_WITH ->
                property.type().scalar() == Scalar.STRING
                                && !property.type().list()
                                && field.operand() instanceof Operand.Text text
                        ? new Predicate.Compare(
                                left,
                                Predicate.Operator.STARTS_WITH,
                                new Expression.Constant(text.value(), PropertyType.of(Scalar.STRING)))
                        : mismatch(field, property);
            case IN -> in(left, field, property);
        };
    }

    private static Predicate.Operator operator(Comparison comparison) {
        return switch (comparison) {
            case EQ -> Predicate.Operator.EQ;
            case NE -> Predicate.Operator.NE;
            case LT -> Predicate.Operator.LT;
            case LTE -> Predicate.Operator.LTE;
            case GT -> Predicate.Operator.GT;
            case GTE -> Predicate.Operator.GTE;
            case CONTAINS -> Predicate.Operator.CONTAINS;
            case STARTS_WITH -> Predicate.Operator.STARTS_WITH;
            case IN -> throw new IllegalArgumentException("membership compares with several values");
        };
    }

    private Predicate compare(
            Expression left,
            Predicate.Operator operator,
            Condition.Field field,
            Property property,
            PropertyType compared) {
        Optional<Expression.Constant> right = constant(field.operand(), compared);
        return right.isPresent() ? new Predicate.Compare(left, operator, right.get()) : mismatch(field, property);
    }

    private Predicate in(Expression left, Condition.Field field, Property property) {
        if (property.type().list() || !(field.operand() instanceof Operand.Items items)) {
            return mismatch(field, property);
        }
        List<Expression.Constant> values = new ArrayList<>();
        for (Operand item : items.values()) {
            Optional<Expression.Constant> value = constant(item, property.type());
            if (value.isEmpty()) {
                return mismatch(field, property);
            }
            values.add(value.get());
        }
        return new Predicate.In(left, values);
    }

    /** The operand as a constant that compares with a scalar of {@code type}; empty when it doesn't. */
    private static Optional<Expression.Constant> constant(Operand operand, PropertyType type) {
        return switch (operand) {
            case Operand.Text text ->
                switch (type.scalar()) {
                    case STRING ->
                        type.enumValues().isPresent()
                                        && !type.enumValues().get().contains(text.value())
                                ? Optional.empty()
                                : constant(text.value(), Scalar.STRING);
                    case DATE -> CalendarText.date(text.value()).flatMap(day -> constant(day, Scalar.DATE));
                    case DATE_TIME -> CalendarText.dateTime(text.value()).flatMap(at -> constant(at, Scalar.DATE_TIME));
                    case BOOL, I32, I64, U32, U64, F32, F64, BLOB, VECTOR -> Optional.empty();
                };
            case Operand.Whole whole ->
                type.scalar().numeric() ? constant(whole.value(), Scalar.I64) : Optional.empty();
            case Operand.Real real -> type.scalar().numeric() ? constant(real.value(), Scalar.F64) : Optional.empty();
            case Operand.Truth truth ->
                type.scalar() == Scalar.BOOL ? constant(truth.value(), Scalar.BOOL) : Optional.empty();
            case Operand.Items items -> Optional.empty();
        };
    }

    private static Optional<Expression.Constant> constant(Object value, Scalar scalar) {
        return Optional.of(new Expression.Constant(value, PropertyType.of(scalar)));
    }

    private Predicate mismatch(Condition.Field field, Property property) {
        return refuse(
                type.name() + "." + property.name() + " is " + property.type().display() + " and can't be compared by "
                        + field.comparison() + " with " + described(field.operand()));
    }

    private static String described(Operand operand) {
        return switch (operand) {
            case Operand.Text text -> "the text '" + text.value() + "'";
            case Operand.Whole whole -> "the number " + whole.value();
            case Operand.Real real -> "the number " + real.value();
            case Operand.Truth truth -> String.valueOf(truth.value());
            case Operand.Items items -> "a list of " + items.values().size();
        };
    }

    /** Closed, and never used: the errors are thrown. */
    private Predicate refuse(String message) {
        errors.add(Diagnostic.atLine(CODE, message, 0));
        return new Predicate.Constant(false);
    }
}
