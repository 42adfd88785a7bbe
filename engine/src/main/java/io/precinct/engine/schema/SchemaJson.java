package io.precinct.engine.schema;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * The stored form of a schema: one compact JSON object with {@code format}, {@code source} (the text) and
 * {@code shape} (types, properties and constraints with their identities, in the order of the records). Equal schemas
 * give equal bytes. The hash covers the shape alone, so that comments and layout are no change of schema.
 */
public final class SchemaJson {
    private static final int FORMAT = 2;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private SchemaJson() {}

    public static byte[] write(Schema schema) {
        return bytes(json -> {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeStringField("source", schema.source());
            json.writeFieldName("shape");
            shape(json, schema);
            json.writeEndObject();
        });
    }

    /** @throws EngineException with {@code Corrupt} when the bytes are not a schema's or their shape is unknown */
    public static Schema read(byte[] bytes) {
        try {
            JsonNode json = MAPPER.readTree(bytes);
            if (json.path("format").asInt() != FORMAT) {
                throw corrupt("its format is not " + FORMAT);
            }
            JsonNode shape = json.required("shape");
            Schema schema = hashed(
                    json.required("source").textValue(),
                    list(shape.required("interfaces"), SchemaJson::interfaceType),
                    list(shape.required("nodes"), SchemaJson::node),
                    list(shape.required("edges"), SchemaJson::edge),
                    shape.required("nextId").intValue());
            if (!java.util.Arrays.equals(bytes, write(schema))) {
                throw corrupt("it is not in canonical form");
            }
            return schema;
        } catch (IOException | RuntimeException e) {
            if (e instanceof EngineException known) {
                throw known;
            }
            throw new EngineException(new EngineFailure.Corrupt("schema", String.valueOf(e.getMessage())), e);
        }
    }

    private static EngineException corrupt(String detail) {
        return new EngineException(new EngineFailure.Corrupt("schema", detail));
    }

    /** A schema with the hash of its shape. */
    static Schema hashed(
            String source,
            List<InterfaceType> interfaces,
            List<EntityType.Node> nodes,
            List<EntityType.Edge> edges,
            int nextId) {
        Schema unnamed = new Schema(source, "", interfaces, nodes, edges, nextId);
        return new Schema(source, digest(bytes(json -> shape(json, unnamed))), interfaces, nodes, edges, nextId);
    }

    static String digest(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    static byte[] bytes(Writing writing) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            writing.to(json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private static void shape(JsonGenerator json, Schema schema) throws IOException {
        json.writeStartObject();
        json.writeNumberField("nextId", schema.nextId());
        json.writeArrayFieldStart("interfaces");
        for (InterfaceType contract : schema.interfaces()) {
            json.writeStartObject();
            json.writeNumberField("id", contract.id().value());
            json.writeStringField("name", contract.name());
            json.writeArrayFieldStart("members");
            for (InterfaceType.Member member : contract.members()) {
                json.writeStartObject();
                json.writeFieldName("property");
                property(json, member.property());
                texts(json, "constraints", member.constraints());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("nodes");
        for (EntityType.Node node : schema.nodes()) {
            json.writeStartObject();
            json.writeNumberField("id", node.id().value());
            json.writeStringField("name", node.name());
            texts(json, "interfaces", node.interfaces());
            members(json, node, node.annotations());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("edges");
        for (EntityType.Edge edge : schema.edges()) {
            json.writeStartObject();
            json.writeNumberField("id", edge.id().value());
            json.writeStringField("name", edge.name());
            json.writeNumberField("source", edge.source().value());
            json.writeNumberField("destination", edge.destination().value());
            json.writeNumberField("least", edge.least());
            if (edge.most().isPresent()) {
                json.writeNumberField("most", edge.most().get());
            }
            members(json, edge, edge.annotations());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** The parts that nodes and edges share; ends the object. */
    private static void members(JsonGenerator json, EntityType type, Map<String, String> annotations)
            throws IOException {
        json.writeArrayFieldStart("properties");
        for (Property property : type.properties()) {
            property(json, property);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("constraints");
        for (Constraint constraint : type.constraints()) {
            json.writeStartObject();
            switch (constraint) {
                case Constraint.Key key -> ids(json, "key", key.members());
                case Constraint.Unique unique -> {
                    ids(json, "unique", unique.members());
                    ends(json, unique.source(), unique.destination());
                }
                case Constraint.Index index -> {
                    ids(json, "index", index.members());
                    ends(json, index.source(), index.destination());
                }
                case Constraint.Range range -> {
                    json.writeNumberField("range", range.member().value());
                    if (range.least().isPresent()) {
                        json.writeStringField("least", range.least().get().toPlainString());
                    }
                    if (range.most().isPresent()) {
                        json.writeStringField("most", range.most().get().toPlainString());
                    }
                }
                case Constraint.Check check -> {
                    json.writeNumberField("check", check.member().value());
                    json.writeStringField("pattern", check.pattern());
                }
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        texts(json, annotations);
        json.writeEndObject();
    }

    private static void property(JsonGenerator json, Property property) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", property.id().value());
        json.writeStringField("name", property.name());
        json.writeStringField("type", property.type().scalar().word());
        if (property.type().scalar() == Scalar.VECTOR) {
            json.writeNumberField("dimension", property.type().dimension());
        }
        if (property.type().enumValues().isPresent()) {
            texts(json, "enum", property.type().enumValues().get());
        }
        json.writeBooleanField("list", property.type().list());
        json.writeBooleanField("nullable", property.type().nullable());
        texts(json, property.annotations());
        json.writeEndObject();
    }

    private static void ends(JsonGenerator json, boolean source, boolean destination) throws IOException {
        json.writeBooleanField("source", source);
        json.writeBooleanField("destination", destination);
    }

    private static void ids(JsonGenerator json, String field, List<PropertyId> ids) throws IOException {
        json.writeArrayFieldStart(field);
        for (PropertyId id : ids) {
            json.writeNumber(id.value());
        }
        json.writeEndArray();
    }

    private static void texts(JsonGenerator json, String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static void texts(JsonGenerator json, Map<String, String> annotations) throws IOException {
        json.writeObjectFieldStart("annotations");
        for (Map.Entry<String, String> entry : annotations.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static <T> List<T> list(JsonNode array, Function<JsonNode, T> read) {
        return StreamSupport.stream(array.spliterator(), false).map(read).toList();
    }

    private static InterfaceType interfaceType(JsonNode json) {
        return new InterfaceType(
                new TypeId(json.required("id").intValue()),
                json.required("name").textValue(),
                list(
                        json.required("members"),
                        member -> new InterfaceType.Member(
                                property(member.required("property")),
                                list(member.required("constraints"), JsonNode::textValue))));
    }

    private static EntityType.Node node(JsonNode json) {
        return new EntityType.Node(
                new TypeId(json.required("id").intValue()),
                json.required("name").textValue(),
                list(json.required("interfaces"), JsonNode::textValue),
                list(json.required("properties"), SchemaJson::property),
                list(json.required("constraints"), SchemaJson::constraint),
                annotations(json));
    }

    private static EntityType.Edge edge(JsonNode json) {
        return new EntityType.Edge(
                new TypeId(json.required("id").intValue()),
                json.required("name").textValue(),
                new TypeId(json.required("source").intValue()),
                new TypeId(json.required("destination").intValue()),
                json.required("least").longValue(),
                json.has("most") ? Optional.of(json.get("most").longValue()) : Optional.empty(),
                list(json.required("properties"), SchemaJson::property),
                list(json.required("constraints"), SchemaJson::constraint),
                annotations(json));
    }

    private static Property property(JsonNode json) {
        String word = json.required("type").textValue();
        PropertyType type = new PropertyType(
                Scalar.ofWord(word).orElseThrow(() -> corrupt("it has a type '" + word + "'")),
                json.path("dimension").asInt(0),
                json.has("enum") ? Optional.of(list(json.get("enum"), JsonNode::textValue)) : Optional.empty(),
                json.required("list").booleanValue(),
                json.required("nullable").booleanValue());
        return new Property(
                new PropertyId(json.required("id").intValue()),
                json.required("name").textValue(),
                type,
                annotations(json));
    }

    private static Constraint constraint(JsonNode json) {
        if (json.has("key")) {
            return new Constraint.Key(list(json.get("key"), SchemaJson::propertyId));
        }
        if (json.has("unique")) {
            return new Constraint.Unique(
                    list(json.get("unique"), SchemaJson::propertyId), end(json, "source"), end(json, "destination"));
        }
        if (json.has("index")) {
            return new Constraint.Index(
                    list(json.get("index"), SchemaJson::propertyId), end(json, "source"), end(json, "destination"));
        }
        if (json.has("range")) {
            return new Constraint.Range(propertyId(json.get("range")), bound(json, "least"), bound(json, "most"));
        }
        return new Constraint.Check(
                propertyId(json.required("check")), json.required("pattern").textValue());
    }

    private static boolean end(JsonNode json, String field) {
        return json.required(field).booleanValue();
    }

    private static Optional<BigDecimal> bound(JsonNode json, String field) {
        return json.has(field) ? Optional.of(new BigDecimal(json.get(field).textValue())) : Optional.empty();
    }

    private static PropertyId propertyId(JsonNode json) {
        return new PropertyId(json.intValue());
    }

    private static Map<String, String> annotations(JsonNode json) {
        Map<String, String> annotations = new TreeMap<>();
        json.required("annotations")
                .properties()
                .forEach(entry ->
                        annotations.put(entry.getKey(), entry.getValue().textValue()));
        return annotations;
    }
}
