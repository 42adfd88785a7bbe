package io.precinct.engine.query;

import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;

/** A checked expression; every name is resolved and every value has its type. */
public sealed interface Expression {
    PropertyType type();

    /** {@code $v.p} of a node or edge variable. */
    record PropertyOf(String variable, EntityType owner, Property property) implements Expression {
        @Override
        public PropertyType type() {
            return property.type();
        }
    }

    /** A bare node variable: reads as the node's id. */
    record NodeOf(String variable, EntityType.Node owner) implements Expression {
        @Override
        public PropertyType type() {
            return PropertyType.of(Scalar.STRING);
        }
    }

    record ParameterOf(Parameter parameter) implements Expression {
        @Override
        public PropertyType type() {
            return parameter.type();
        }
    }

    /** {@code value} in the Java form of {@link Scalar}; a List for a list; never null. */
    record Constant(Object value, PropertyType type) implements Expression {}

    /** The instant at which the execution began; one value per execution. */
    record Now() implements Expression {
        @Override
        public PropertyType type() {
            return PropertyType.of(Scalar.DATE_TIME);
        }
    }

    /**
     * Whether the text of a node's property holds any token of the query; false when either is null. Tokens are lower
     * case words without English stop words, compared by their stems; with {@code FUZZY} unstemmed and equal within
     * {@code edits} single-character changes.
     *
     * @param property a scalar String
     * @param query a String, constant or parameter
     * @param edits 0 unless {@code FUZZY}
     */
    record TextTest(Kind kind, PropertyOf property, Expression query, int edits) implements Expression {
        public static final int DEFAULT_EDITS = 2;

        public enum Kind {
            SEARCH,
            FUZZY,
            MATCH_TEXT
        }

        @Override
        public PropertyType type() {
            return PropertyType.of(Scalar.BOOL);
        }
    }

    /** The score of a rank function; only as a projection of a query without aggregates. */
    record Score(Rank rank) implements Expression {
        @Override
        public PropertyType type() {
            return PropertyType.of(Scalar.F64).asNullable();
        }
    }

    /** Only as a projection. {@code type}: count I64; sum and avg F64, nullable; min and max the argument's, nullable. */
    record Aggregate(Function function, Expression argument, PropertyType type) implements Expression {
        public enum Function {
            COUNT,
            SUM,
            AVG,
            MIN,
            MAX
        }
    }
}
