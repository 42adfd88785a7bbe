package io.precinct.platform.run;

import io.precinct.engine.query.TouchedTypes;
import java.util.function.Function;

/**
 * An operation that is understood but not yet decided.
 *
 * @param touched the types that the decision must speak of
 * @param statement read, insert, update, delete, load, export, …: for the decision's input
 * @param body does it, after the decision allowed it
 */
public record Ready<R>(TouchedTypes touched, String statement, Function<Admitted, R> body) {}
