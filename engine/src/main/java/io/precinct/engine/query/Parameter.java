package io.precinct.engine.query;

import io.precinct.engine.schema.PropertyType;

/** A declared parameter; {@code name} without the '$'. */
public record Parameter(String name, PropertyType type) {}
