package io.precinct.engine.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A graph as maps: of each type, by its key, the entities by id. Read from JSONL in which every record has its id. */
public record PlainGraph(Map<String, Map<String, Entity>> types) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** {@code from} and {@code to} are ids, empty texts for a node; values without their nulls. */
    record Entity(String id, String from, String to, Map<String, Object> values) {
        Object value(String property) {
            return values.get(property);
        }
    }

    Map<String, Entity> of(EntityType type) {
        return types.getOrDefault(type.key(), Map.of());
    }

    static PlainGraph empty() {
        return new PlainGraph(new TreeMap<>());
    }

    void put(EntityType type, Entity entity) {
        types.computeIfAbsent(type.key(), none -> new TreeMap<>()).put(entity.id(), entity);
    }

    public static PlainGraph read(String lines, Schema schema) {
        PlainGraph graph = empty();
        lines.lines().filter(line -> !line.isBlank()).forEach(line -> {
            JsonNode record = parse(line);
            EntityType type = record.has("type")
                    ? schema.node(record.get("type").textValue()).orElseThrow()
                    : schema.edge(record.get("edge").textValue()).orElseThrow();
            JsonNode data = record.path("data");
            Map<String, Object> values = new LinkedHashMap<>();
            for (Property property : type.properties()) {
                Object value = value(data.path(property.name()), property.type());
                if (value != null) {
                    values.put(property.name(), value);
                }
            }
            graph.put(
                    type,
                    new Entity(
                            data.get("id").textValue(),
                            record.path("from").asText(""),
                            record.path("to").asText(""),
                            values));
        });
        return graph;
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object value(JsonNode json, PropertyType type) {
        if (json.isMissingNode() || json.isNull()) {
            return null;
        }
        if (type.list()) {
            List<Object> items = new ArrayList<>();
            json.forEach(item -> items.add(value(item, type.element())));
            return items;
        }
        return switch (type.scalar()) {
            case STRING, BLOB -> json.textValue();
            case BOOL -> json.booleanValue();
            case I32, I64, U32, U64 -> json.bigIntegerValue();
            case F32 -> (float) json.doubleValue();
            case F64 -> json.doubleValue();
            case DATE ->
                json.isTextual()
                        ? BigInteger.valueOf(LocalDate.parse(json.textValue()).toEpochDay())
                        : json.bigIntegerValue();
            case DATE_TIME ->
                json.isTextual()
                        ? BigInteger.valueOf(Instant.parse(json.textValue()).toEpochMilli())
                        : json.bigIntegerValue();
            case VECTOR -> {
                List<Object> components = new ArrayList<>();
                json.forEach(component -> components.add((float) component.doubleValue()));
                yield components;
            }
        };
    }
}
