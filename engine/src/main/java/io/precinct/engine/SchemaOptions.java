package io.precinct.engine;

/**
 * How a schema is changed.
 *
 * @param allowDataLoss every drop of the plan is hard: the data leaves the datasets too. Versions before the change keep
 *     it until collection removes them
 */
public record SchemaOptions(boolean allowDataLoss) {
    public static final SchemaOptions DEFAULTS = new SchemaOptions(false);
}
