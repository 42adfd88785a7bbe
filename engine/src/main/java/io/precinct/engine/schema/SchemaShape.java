package io.precinct.engine.schema;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What a schema says, without identities: types and properties by name, constraints and annotations in one order. Two
 * texts of one shape are one schema to a reader; the order of writing, comments and migration hints are no part of it.
 * Stateless.
 */
public final class SchemaShape {
    private SchemaShape() {}

    /** {@code sha256:} and the hex digest of the shape. */
    public static String hash(Schema schema) {
        return SchemaJson.digest(json(schema));
    }

    /** Compact JSON. */
    static byte[] json(Schema schema) {
        return SchemaJson.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("interfaces");
            for (InterfaceType contract : schema.interfaces().stream()
                    .sorted(Comparator.comparing(InterfaceType::name))
                    .toList()) {
                json.writeStartObject();
                json.writeStringField("name", contract.name());
                json.writeArrayFieldStart("properties");
                for (InterfaceType.Member member : contract.members().stream()
                        .sorted(Comparator.comparing(m -> m.property().name()))
                        .toList()) {
                    property(json, member.property(), member.constraints());
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("nodes");
            for (EntityType.Node node : byName(schema.nodes())) {
                json.writeStartObject();
                json.writeStringField("name", node.name());
                texts(json, "implements", node.interfaces().stream().sorted().toList());
                members(json, node);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("edges");
            for (EntityType.Edge edge : byName(schema.edges())) {
                json.writeStartObject();
                json.writeStringField("name", edge.name());
                json.writeStringField("from", schema.type(edge.source()).name());
                json.writeStringField("to", schema.type(edge.destination()).name());
                json.writeStringField(
                        "card",
                        edge.least() + ".." + edge.most().map(String::valueOf).orElse(""));
                members(json, edge);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static <T extends EntityType> List<T> byName(List<T> types) {
        return types.stream().sorted(Comparator.comparing(EntityType::name)).toList();
    }

    /** The parts that nodes and edges share; ends the object. */
    private static void members(JsonGenerator json, EntityType type) throws IOException {
        json.writeArrayFieldStart("properties");
        for (Property property : type.properties().stream()
                .sorted(Comparator.comparing(Property::name))
                .toList()) {
            property(json, property, List.of());
        }
        json.writeEndArray();
        texts(
                json,
                "constraints",
                type.constraints().stream()
                        .map(constraint -> SchemaPrinter.constraint(type, constraint))
                        .sorted()
                        .toList());
        annotations(json, type.annotations());
        json.writeEndObject();
    }

    private static void property(JsonGenerator json, Property property, List<String> constraints) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", property.name());
        json.writeStringField("type", property.type().display());
        texts(json, "constraints", constraints);
        annotations(json, property.annotations());
        json.writeEndObject();
    }

    private static void annotations(JsonGenerator json, Map<String, String> annotations) throws IOException {
        json.writeObjectFieldStart("annotations");
        for (Map.Entry<String, String> entry : annotations.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
