package io.precinct.engine.write;

import com.google.re2j.Pattern;
import io.precinct.engine.schema.Constraint;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/** The rules of one type that a row keeps or breaks by itself: required, enum, {@code @range}, {@code @check}. */
final class ValueRules {
    private final EntityType type;
    private final List<Rule> rules = new ArrayList<>();

    private record Rule(int position, Property property, Test test) {}

    /** Empty when the value, never null, keeps the rule; else code and message. */
    @FunctionalInterface
    private interface Test {
        Optional<Broken> broken(Object value);
    }

    private record Broken(String code, String message) {}

    ValueRules(EntityType type) {
        this.type = type;
        for (int position = 0; position < type.properties().size(); position++) {
            Property property = type.properties().get(position);
            Optional<List<String>> allowed = property.type().enumValues();
            if (allowed.isPresent()) {
                rules.add(new Rule(position, property, membership(property, allowed.get())));
            }
        }
        for (Constraint constraint : type.constraints()) {
            switch (constraint) {
                case Constraint.Range range -> add(range.member(), bounds(range, type.property(range.member())));
                case Constraint.Check check -> add(check.member(), matches(check, type.property(check.member())));
                case Constraint.Key key -> {}
                case Constraint.Unique unique -> {}
                case Constraint.Index index -> {}
            }
        }
    }

    private void add(io.precinct.engine.schema.PropertyId member, Test test) {
        rules.add(new Rule(RowValues.position(type, member), type.property(member), test));
    }

    /**
     * @param values by position among the type's properties; null for null
     * @return whether the row keeps every rule
     */
    boolean check(IntFunction<Object> values, long line, Findings findings) {
        boolean kept = true;
        List<Property> properties = type.properties();
        for (int position = 0; position < properties.size(); position++) {
            Property property = properties.get(position);
            if (!property.type().nullable() && values.apply(position) == null) {
                findings.add(
                        "required",
                        "non-nullable property '" + property.name() + "' has null or invalid values (" + type.name()
                                + " needs a " + property.type().display() + ")",
                        line);
                kept = false;
            }
        }
        for (Rule rule : rules) {
            Object value = values.apply(rule.position());
            if (value == null) {
                continue;
            }
            for (Object element : value instanceof List<?> items ? items : List.of(value)) {
                Optional<Broken> broken = rule.test().broken(element);
                if (broken.isPresent()) {
                    findings.add(broken.get().code(), broken.get().message(), line);
                    kept = false;
                }
            }
        }
        return kept;
    }

    private Test membership(Property property, List<String> allowed) {
        Set<String> members = new HashSet<>(allowed);
        String expected = " for " + place(property) + " (expected: " + String.join(", ", allowed) + ")";
        return value -> members.contains(value)
                ? Optional.empty()
                : Optional.of(new Broken("enum", "invalid enum value '" + value + "'" + expected));
    }

    private Test bounds(Constraint.Range range, Property property) {
        String start = "@range violation on " + place(property) + ": value ";
        PropertyType form = property.type();
        return value -> {
            boolean number = !(value instanceof Double || value instanceof Float)
                    || Double.isFinite(((Number) value).doubleValue());
            if (!number) {
                return Optional.of(new Broken("range", start + value + " is not a finite number"));
            }
            BigDecimal exact = exact(value, form.scalar());
            if (range.least().isPresent() && exact.compareTo(range.least().get()) < 0) {
                return Optional.of(new Broken(
                        "range",
                        start + plain(value, form.scalar()) + " < min "
                                + range.least().get().toPlainString()));
            }
            if (range.most().isPresent() && exact.compareTo(range.most().get()) > 0) {
                return Optional.of(new Broken(
                        "range",
                        start + plain(value, form.scalar()) + " > max "
                                + range.most().get().toPlainString()));
            }
            return Optional.empty();
        };
    }

    /** A float is taken as the decimal that its shortest text writes, so that 0.1 keeps the bound 0.1 in either width. */
    private static BigDecimal exact(Object value, Scalar scalar) {
        return value instanceof Double || value instanceof Float
                ? new BigDecimal(value.toString())
                : Comparison.exact(value, scalar);
    }

    private static String plain(Object value, Scalar scalar) {
        return scalar == Scalar.U64 ? Long.toUnsignedString((Long) value) : value.toString();
    }

    private Test matches(Constraint.Check check, Property property) {
        Pattern pattern = Pattern.compile(check.pattern());
        String start = "@check violation on " + place(property) + ": value '";
        return value -> pattern.matcher((String) value).find()
                ? Optional.empty()
                : Optional.of(
                        new Broken("check", start + value + "' does not match pattern '" + check.pattern() + "'"));
    }

    private String place(Property property) {
        return type.name() + "." + property.name();
    }
}
