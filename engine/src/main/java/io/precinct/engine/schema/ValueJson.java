package io.precinct.engine.schema;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Values of the engine as JSON: how results and exports write them, and how loads read them. Stateless. */
public final class ValueJson {
    private static final int LONGEST_SHOWN = 80;

    private ValueJson() {}

    /** How calendar values are written. */
    public enum Form {
        /** Texts, as results show them. */
        RESULT,
        /** Days and milliseconds since the epoch, as exports write them; a load reads them back. */
        EXPORT
    }

    /** What a load made of one value. */
    public sealed interface Read {
        /** {@code value} in the Java form of its type; empty for null. */
        record Value(Optional<Object> value) implements Read {}

        /** {@code message} says what was met and what was wanted; it names no property. */
        record Refused(String message) implements Read {}
    }

    /**
     * Writes one value.
     *
     * @param value in the Java form of {@code type}; empty is written as null
     */
    public static void write(JsonGenerator json, PropertyType type, Optional<?> value, Form form) throws IOException {
        if (value.isEmpty()) {
            json.writeNull();
        } else if (type.list()) {
            json.writeStartArray();
            for (Object element : (List<?>) value.get()) {
                // Lists hold no nulls of ours, but a stored list may.
                write(json, type.element(), Optional.ofNullable(element), form);
            }
            json.writeEndArray();
        } else {
            scalar(json, type.scalar(), value.get(), form);
        }
    }

    private static void scalar(JsonGenerator json, Scalar scalar, Object value, Form form) throws IOException {
        switch (scalar) {
            case STRING -> json.writeString((String) value);
            case BOOL -> json.writeBoolean((Boolean) value);
            case I32 -> json.writeNumber((int) (Integer) value);
            case I64, U32 -> json.writeNumber((long) (Long) value);
            case U64 -> {
                long bits = (Long) value;
                if (bits >= 0) {
                    json.writeNumber(bits);
                } else {
                    json.writeNumber(new BigInteger(Long.toUnsignedString(bits)));
                }
            }
            // A float is widened, so that every reader sees the stored value and not a shorter one.
            case F32 -> real(json, (Float) value);
            case F64 -> real(json, (Double) value);
            case DATE -> {
                if (form == Form.EXPORT) {
                    json.writeNumber((int) (Integer) value);
                } else {
                    json.writeString(CalendarText.date((Integer) value));
                }
            }
            case DATE_TIME -> {
                if (form == Form.EXPORT) {
                    json.writeNumber((long) (Long) value);
                } else {
                    json.writeString(CalendarText.dateTime((Long) value));
                }
            }
            case VECTOR -> {
                json.writeStartArray();
                for (float component : (float[]) value) {
                    if (Float.isFinite(component)) {
                        json.writeNumber((double) component);
                    } else {
                        json.writeNull();
                    }
                }
                json.writeEndArray();
            }
            case BLOB -> throw new IllegalArgumentException("a Blob is read by its own operation, not as JSON");
        }
    }

    private static void real(JsonGenerator json, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeString(Double.toString(value));
        }
    }

    /**
     * Reads one value of a line of data, strictly: nothing is coerced. JSON null and a missing member read as null; that
     * a required property has a value is not asked here, enum membership is.
     */
    public static Read read(JsonNode json, PropertyType type) {
        if (json.isMissingNode() || json.isNull()) {
            return new Read.Value(Optional.empty());
        }
        if (!type.list()) {
            return scalar(json, type);
        }
        if (!json.isArray()) {
            return refused(json, type);
        }
        List<Object> elements = new ArrayList<>(json.size());
        PropertyType element = type.element();
        for (JsonNode item : json) {
            switch (item.isNull() ? refused(item, element) : scalar(item, element)) {
                case Read.Value value -> value.value().ifPresent(elements::add);
                case Read.Refused refused -> {
                    return new Read.Refused("element " + elements.size() + ": " + refused.message());
                }
            }
        }
        return new Read.Value(Optional.of(List.copyOf(elements)));
    }

    private static Read scalar(JsonNode json, PropertyType type) {
        return switch (type.scalar()) {
            case STRING -> text(json, type);
            case BOOL -> json.isBoolean() ? value(json.booleanValue()) : refused(json, type);
            case I32, I64, U32, U64 ->
                json.isIntegralNumber()
                        ? Numbers.whole(json.bigIntegerValue(), type.scalar())
                                .map(ValueJson::value)
                                .orElseGet(() -> refused(json, type))
                        : refused(json, type);
            case F64 ->
                json.isNumber() && Double.isFinite(json.doubleValue())
                        ? value(json.doubleValue())
                        : refused(json, type);
            case F32 ->
                json.isNumber() && Float.isFinite((float) json.doubleValue())
                        ? value((float) json.doubleValue())
                        : refused(json, type);
            case DATE -> {
                if (json.isTextual()) {
                    yield CalendarText.date(json.textValue())
                            .map(ValueJson::value)
                            .orElseGet(() -> refused(json, type));
                }
                yield json.isIntegralNumber() && json.canConvertToInt() ? value(json.intValue()) : refused(json, type);
            }
            case DATE_TIME -> {
                if (json.isTextual()) {
                    yield CalendarText.dateTime(json.textValue())
                            .map(ValueJson::value)
                            .orElseGet(() -> refused(json, type));
                }
                yield json.isIntegralNumber() && json.canConvertToLong()
                        ? value(json.longValue())
                        : refused(json, type);
            }
            case VECTOR -> vector(json, type);
            case BLOB -> new Read.Refused("the content of a Blob can't be given here");
        };
    }

    private static Read text(JsonNode json, PropertyType type) {
        if (!json.isTextual()) {
            return refused(json, type);
        }
        boolean member = type.enumValues().isEmpty() || type.enumValues().get().contains(json.textValue());
        return member
                ? value(json.textValue())
                : new Read.Refused("invalid enum value '" + json.textValue() + "' (expected: "
                        + String.join(", ", type.enumValues().get()) + ")");
    }

    private static Read vector(JsonNode json, PropertyType type) {
        if (!json.isArray() || json.size() != type.dimension()) {
            return refused(json, type);
        }
        float[] components = new float[json.size()];
        for (int i = 0; i < components.length; i++) {
            JsonNode component = json.get(i);
            components[i] = (float) component.doubleValue();
            if (!component.isNumber() || !Float.isFinite(components[i])) {
                return refused(component, type);
            }
        }
        return value(components);
    }

    private static Read value(Object value) {
        return new Read.Value(Optional.of(value));
    }

    private static Read refused(JsonNode json, PropertyType type) {
        String met = json.toString();
        String shown = met.length() <= LONGEST_SHOWN ? met : met.substring(0, LONGEST_SHOWN) + "…";
        return new Read.Refused(shown + " is no " + type.required().display());
    }
}
