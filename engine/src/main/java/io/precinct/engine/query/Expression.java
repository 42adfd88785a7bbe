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
