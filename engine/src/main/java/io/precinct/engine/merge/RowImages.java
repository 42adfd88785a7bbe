package io.precinct.engine.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.precinct.engine.EntityImage;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.ValueJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Entities to and from the JSON of conflicts, changes and resolutions. Stateless. */
final class RowImages {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RowImages() {}

    static EntityImage image(EntityType type, EntityRow row) {
        ObjectNode properties = JSON.createObjectNode();
        for (int at = 0; at < type.properties().size(); at++) {
            Property property = type.properties().get(at);
            if (property.type().scalar() != Scalar.BLOB) {
                properties.set(property.name(), json(property, row.value(at)));
            }
        }
        return new EntityImage(
                properties, row.ends().map(ends -> new EntityImage.Ends(ends.source(), ends.destination())));
    }

    static JsonNode json(Property property, Optional<Object> value) {
        try (TokenBuffer buffer = new TokenBuffer(JSON, false)) {
            ValueJson.write(buffer, property.type(), value, ValueJson.Form.RESULT);
            return JSON.readTree(buffer.asParser());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** What a resolution makes of an entity, or why it can't. */
    sealed interface Resolved {
        record Row(EntityRow row) implements Resolved {}

        record Refused(String message) implements Resolved {}
    }

    /**
     * @param like gives id, number, ends and the contents of Blobs
     * @param properties JSON object of every other value; what it leaves out is null
     */
    static Resolved row(EntityType type, EntityRow like, JsonNode properties) {
        if (!properties.isObject()) {
            return new Resolved.Refused("its value must be a JSON object of properties");
        }
        List<String> names = type.properties().stream().map(Property::name).toList();
        for (String name : (Iterable<String>) properties::fieldNames) {
            if (!names.contains(name)) {
                return new Resolved.Refused(type.name() + " has no property '" + name + "'");
            }
        }
        List<Optional<Object>> values = new ArrayList<>();
        for (Property property : type.properties()) {
            if (property.type().scalar() == Scalar.BLOB) {
                if (properties.has(property.name())) {
                    return new Resolved.Refused(type.name() + "." + property.name()
                            + ": the content of a Blob can't be given here; it stays as it is");
                }
                values.add(like.value(values.size()));
                continue;
            }
            switch (ValueJson.read(properties.path(property.name()), property.type())) {
                case ValueJson.Read.Value(Optional<Object> value) -> values.add(value);
                case ValueJson.Read.Refused(String message) -> {
                    return new Resolved.Refused(type.name() + "." + property.name() + ": " + message);
                }
            }
        }
        return new Resolved.Row(new EntityRow(like.id(), like.number(), like.ends(), values));
    }
}
