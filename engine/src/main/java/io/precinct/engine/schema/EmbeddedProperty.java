package io.precinct.engine.schema;

import java.util.Optional;

/**
 * A vector property that {@code @embed} binds to a text property of the same type.
 *
 * @param source name of the text property
 * @param model the only model whose vectors the property may hold, if it was recorded
 */
public record EmbeddedProperty(Property vector, String source, Optional<String> model) {
    /** Empty for a property without {@code @embed}. */
    public static Optional<EmbeddedProperty> of(Property property) {
        return Optional.ofNullable(property.annotations().get("embed"))
                .map(source -> new EmbeddedProperty(
                        property,
                        source,
                        Optional.ofNullable(property.annotations().get("embed.model"))));
    }
}
