package io.precinct.platform.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.Map;

/**
 * The one way a record is written for hashing: UTF-8, members sorted by name, no white space, snake_case names, absent
 * values left out, whole numbers only. What is hashed is then kept as it is, never written again.
 */
final class CanonicalJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

    private CanonicalJson() {}

    /** The members of a record, to which the trail adds its own. */
    static Map<String, Object> members(Object record) {
        return JSON.convertValue(record, MEMBERS);
    }

    static String write(Map<String, Object> members) {
        try {
            return JSON.writeValueAsString(members);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a map of plain values can be written", impossible);
        }
    }

    static JsonNode read(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }
}
