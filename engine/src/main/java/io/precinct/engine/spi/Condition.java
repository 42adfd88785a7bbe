package io.precinct.engine.spi;

import java.util.List;

/**
 * A row rule: a typed tree over the properties of one type. It never holds query text. The engine type-checks it
 * against the graph's schema before it runs: an unknown property or an operand of another type is an error, never
 * "no rule". Logic is two-valued: a comparison with a null property is false, and {@link Not} is its complement.
 */
public sealed interface Condition {
    Condition ALWAYS = new Constant(true);
    Condition NEVER = new Constant(false);

    enum Comparison {
        EQ,
        NE,
        LT,
        LTE,
        GT,
        GTE,
        /** Membership of the property's value in {@link Operand.Items}. */
        IN,
        /** A list property holds the operand. */
        CONTAINS,
        STARTS_WITH
    }

    record Constant(boolean value) implements Condition {}

    /** {@code property comparison operand}; the property is named as in the schema. */
    record Field(String property, Comparison comparison, Operand operand) implements Condition {}

    /** True when every part is; the empty list is true. */
    record All(List<Condition> parts) implements Condition {
        public All {
            parts = List.copyOf(parts);
        }
    }

    /** True when some part is; the empty list is false. */
    record Any(List<Condition> parts) implements Condition {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    record Not(Condition part) implements Condition {}
}
