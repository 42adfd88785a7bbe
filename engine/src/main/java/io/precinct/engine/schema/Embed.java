package io.precinct.engine.schema;

import java.util.Optional;

/**
 * What a vector property is computed from ({@code @embed}).
 *
 * @param source the text property of the same type
 * @param model as the host names it; empty for the host's default
 */
public record Embed(PropertyId source, Optional<String> model) {}
