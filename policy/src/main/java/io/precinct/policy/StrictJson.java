package io.precinct.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A place in a JSON document, read without leniency: another type than asked for, an absent field, a field nobody asked
 * for or a duplicate one is an {@link InvalidDocumentException}. Not thread-safe; lives as long as the reading.
 */
public final class StrictJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String place;
    private final JsonNode node;
    private final Set<String> asked = new HashSet<>();

    private StrictJson(String place, JsonNode node) {
        this.place = place;
        this.node = node;
    }

    /** The root of a document in UTF-8. */
    public static StrictJson parse(byte[] json) {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (root == null || root.isMissingNode()) {
                throw new InvalidDocumentException("", "is empty");
            }
            return new StrictJson("", root);
        } catch (JsonProcessingException e) {
            throw new InvalidDocumentException("", "is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new InvalidDocumentException("", "can't be read as UTF-8: " + e.getMessage());
        }
    }

    /** The value of a field that must be there. */
    public StrictJson field(String name) {
        return optional(name).orElseThrow(() -> invalid("has no field \"" + name + "\""));
    }

    /** The value of a field that may be absent. */
    public Optional<StrictJson> optional(String name) {
        object();
        asked.add(name);
        return Optional.ofNullable(node.get(name))
                .map(value -> new StrictJson(place.isEmpty() ? name : place + "." + name, value));
    }

    /** Refuses every field that was not asked for. */
    public void done() {
        object();
        node.fieldNames().forEachRemaining(name -> {
            if (!asked.contains(name)) {
                throw invalid("has an unknown field \"" + name + "\"");
            }
        });
    }

    /** Every entry of an object whose keys are free. */
    public void entries(BiConsumer<String, StrictJson> each) {
        object();
        node.properties()
                .forEach(entry ->
                        each.accept(entry.getKey(), new StrictJson(place + "." + entry.getKey(), entry.getValue())));
    }

    public List<StrictJson> items() {
        if (!node.isArray()) {
            throw invalid("must be a list");
        }
        List<StrictJson> items = new ArrayList<>();
        for (JsonNode item : node) {
            items.add(new StrictJson(place + "[" + items.size() + "]", item));
        }
        return items;
    }

    public String text() {
        if (!node.isTextual()) {
            throw invalid("must be a string");
        }
        return node.textValue();
    }

    public boolean truth() {
        if (!node.isBoolean()) {
            throw invalid("must be true or false");
        }
        return node.booleanValue();
    }

    public long whole() {
        if (!isWhole()) {
            throw invalid("must be a whole number of 64 bits");
        }
        return node.longValue();
    }

    public double real() {
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw invalid("must be a finite number");
        }
        return node.doubleValue();
    }

    public boolean isText() {
        return node.isTextual();
    }

    public boolean isTruth() {
        return node.isBoolean();
    }

    public boolean isWhole() {
        return node.isIntegralNumber() && node.canConvertToLong();
    }

    public boolean isNumber() {
        return node.isNumber();
    }

    public boolean isList() {
        return node.isArray();
    }

    public boolean isObject() {
        return node.isObject();
    }

    public boolean isNull() {
        return node.isNull();
    }

    public int size() {
        return node.size();
    }

    public InvalidDocumentException invalid(String problem) {
        return new InvalidDocumentException(place, problem);
    }

    private void object() {
        if (!node.isObject()) {
            throw invalid("must be an object");
        }
    }
}
