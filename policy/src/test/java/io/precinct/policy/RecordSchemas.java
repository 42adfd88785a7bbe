package io.precinct.policy;

import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** JSON Schemas (draft 07) of the documents that go to a policy and come from it, out of the records that hold them. */
public final class RecordSchemas {
    private static final Map<String, Object> TEXT = Map.of("type", "string");
    private static final Map<String, Object> TRUTH = Map.of("type", "boolean");
    private static final Map<String, Object> NULL = Map.of("type", "null");
    private static final Map<String, Object> SCALAR = anyOf(TEXT, Map.of("type", "number"), TRUTH);
    private static final Map<String, Object> OPERAND = anyOf(TEXT, Map.of("type", "number"), TRUTH, list(SCALAR));
    private static final Map<String, Object> CONDITION = Map.of("$ref", "#/definitions/condition");

    private RecordSchemas() {}

    /** The decision input; what a policy asks for beyond it is a typing error in the policy. */
    public static Map<String, Object> input() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("schema_version", Map.of("const", 1, "type", "integer"));
        fields.putAll(fields(DecisionInput.class));
        return titled("Decision input", object(fields));
    }

    /** The decision document, before the host reads it into a {@link Decision}. */
    public static Map<String, Object> decision() {
        Map<String, Object> mask = new LinkedHashMap<>();
        mask.put("kind", codes(Mask.Kind.class));
        mask.put("shown", CONDITION);
        Map<String, Object> access = new LinkedHashMap<>();
        access.put("granted", TRUTH);
        access.put("rows", CONDITION);
        access.put("masks", map(object(mask)));
        access.put("denied", list(TEXT));
        Map<String, Object> obligations = new LinkedHashMap<>();
        obligations.put("types", map(object(access)));
        Map<String, Object> limits = new LinkedHashMap<>();
        for (String limit : List.of("max_rows", "timeout_ms", "max_hops", "max_bytes")) {
            limits.put(limit, ordered("minimum", 0, "type", "integer"));
        }
        obligations.put("limits", object(limits));
        obligations.put("require", object(fields(Obligations.Require.class)));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("schema_version", Map.of("const", 1, "type", "integer"));
        fields.put("allow", TRUTH);
        fields.put("reasons", ordered("items", object(fields(Decision.Reason.class)), "minItems", 1, "type", "array"));
        fields.put("obligations", object(obligations));
        fields.put("deny_as", codes(Decision.DenyAs.class));
        fields.put("policy_revision", TEXT);
        Map<String, Object> schema = titled("Decision", object(fields));
        schema.put("definitions", Map.of("condition", condition()));
        return schema;
    }

    private static Map<String, Object> condition() {
        Map<String, Object> constant = new LinkedHashMap<>();
        constant.put("type", Map.of("const", "constant"));
        constant.put("value", TRUTH);
        Map<String, Object> field = new LinkedHashMap<>();
        field.put("type", Map.of("const", "field"));
        field.put("field", TEXT);
        field.put("operator", codes(Condition.Comparison.class));
        field.put("value", OPERAND);
        Map<String, Object> compound = new LinkedHashMap<>();
        compound.put("type", Map.of("const", "compound"));
        compound.put("operator", Map.of("enum", List.of("and", "or", "not")));
        compound.put("value", ordered("items", CONDITION, "minItems", 1, "type", "array"));
        return anyOf(object(constant), object(field), object(compound));
    }

    private static Map<String, Object> fields(Class<?> holder) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (holder == DecisionInput.Types.class) {
            fields.put("all", list(TEXT));
        }
        for (RecordComponent component : holder.getRecordComponents()) {
            fields.put(wireName(component.getName()), schema(component.getGenericType()));
        }
        return fields;
    }

    private static String wireName(String component) {
        return component.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> schema(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] parts = generic.getActualTypeArguments();
            if (generic.getRawType() == Optional.class) {
                return anyOf(schema(parts[0]), NULL);
            }
            if (generic.getRawType() == List.class) {
                return list(schema(parts[0]));
            }
            if (generic.getRawType() == Map.class && parts[0] == String.class) {
                return map(schema(parts[1]));
            }
        } else if (type instanceof Class<?> plain) {
            if (plain == String.class) {
                return TEXT;
            }
            if (plain == boolean.class) {
                return TRUTH;
            }
            if (plain == long.class) {
                return Map.of("type", "integer");
            }
            if (plain == Instant.class) {
                return ordered("format", "date-time", "type", "string");
            }
            if (plain == Operand.class) {
                return OPERAND;
            }
            if (plain.isEnum()) {
                return codes(plain);
            }
            if (plain.isRecord()) {
                return object(fields(plain));
            }
        }
        throw new AssertionError("no schema is known for " + type);
    }

    private static Map<String, Object> codes(Class<?> enumeration) {
        List<String> codes = Arrays.stream(enumeration.getEnumConstants())
                .map(value -> ((Enum<?>) value).name().toLowerCase(Locale.ROOT))
                .toList();
        return ordered("enum", codes, "type", "string");
    }

    private static Map<String, Object> object(Map<String, Object> fields) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("additionalProperties", false);
        object.put("properties", fields);
        object.put("required", List.copyOf(fields.keySet()));
        object.put("type", "object");
        return object;
    }

    private static Map<String, Object> map(Map<String, Object> values) {
        return ordered("additionalProperties", values, "type", "object");
    }

    private static Map<String, Object> list(Map<String, Object> items) {
        return ordered("items", items, "type", "array");
    }

    @SafeVarargs
    private static Map<String, Object> anyOf(Map<String, Object>... choices) {
        return Map.of("anyOf", List.of(choices));
    }

    private static Map<String, Object> titled(String title, Map<String, Object> schema) {
        Map<String, Object> titled = new LinkedHashMap<>();
        titled.put("$schema", "http://json-schema.org/draft-07/schema#");
        titled.put("title", title);
        titled.putAll(schema);
        return titled;
    }

    private static Map<String, Object> ordered(Object... entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], entries[i + 1]);
        }
        return map;
    }
}
