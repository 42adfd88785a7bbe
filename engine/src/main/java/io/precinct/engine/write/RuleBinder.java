package io.precinct.engine.write;

import io.precinct.engine.query.Predicate;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.spi.Condition;

/** Turns a row rule into a checked predicate; an unknown property or an operand of another type is an error. */
@FunctionalInterface
public interface RuleBinder {
    Predicate bind(EntityType type, Condition rule);
}
