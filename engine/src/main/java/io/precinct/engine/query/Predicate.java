package io.precinct.engine.query;

import java.util.List;

/**
 * A checked test. Two-valued: a comparison with a null operand is false and {@link Not} is the complement, which for
 * the filters of the language (all conjunctive and positive) is the same as "unknown drops the row".
 */
public sealed interface Predicate {
    enum Operator {
        EQ,
        NE,
        LT,
        LTE,
        GT,
        GTE,
        /** List membership, or exact substring of a String. */
        CONTAINS,
        STARTS_WITH
    }

    record Constant(boolean value) implements Predicate {}

    /** Numbers compare exactly across types, but an F64 operand is first rounded to F32 against an F32 property. */
    record Compare(Expression left, Operator operator, Expression right) implements Predicate {}

    /** Equality with one of the constants; comes from row rules. */
    record In(Expression left, List<Expression.Constant> values) implements Predicate {
        public In {
            values = List.copyOf(values);
        }
    }

    record All(List<Predicate> parts) implements Predicate {
        public All {
            parts = List.copyOf(parts);
        }
    }

    record Any(List<Predicate> parts) implements Predicate {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    record Not(Predicate part) implements Predicate {}
}
