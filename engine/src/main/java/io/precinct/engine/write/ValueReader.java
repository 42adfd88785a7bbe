package io.precinct.engine.write;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.precinct.engine.schema.CalendarText;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Reads one JSON value of a line strictly as a property's type: nothing is coerced. */
final class ValueReader {
    private static final String MANAGED = "base64:";

    private ValueReader() {}

    /** The value is not of the property's type; the message says what was expected and what came. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(String message) {
            super(message, null, false, false);
        }
    }

    /** The value at the parser's token, null for JSON null. The parser ends on the value's last token. */
    static Object read(JsonParser parser, PropertyType form) throws IOException, Unfit {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (form.scalar() == Scalar.VECTOR) {
            return vector(parser, form);
        }
        if (!form.list()) {
            return scalar(parser, form);
        }
        if (token != JsonToken.START_ARRAY) {
            throw unfit(parser, form);
        }
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                throw new Unfit("expected " + form.display() + ", and an element is null");
            }
            items.add(scalar(parser, form));
        }
        return List.copyOf(items);
    }

    private static Object scalar(JsonParser parser, PropertyType form) throws IOException, Unfit {
        JsonToken token = parser.currentToken();
        return switch (form.scalar()) {
            case STRING -> text(parser, form);
            case BOOL -> {
                if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
                    throw unfit(parser, form);
                }
                yield token == JsonToken.VALUE_TRUE;
            }
            case I32, I64, U32, U64 -> integer(parser, form);
            case F32, F64 -> real(parser, form);
            case DATE -> date(parser, form);
            case DATE_TIME -> dateTime(parser, form);
            case BLOB -> blob(text(parser, form));
            case VECTOR -> throw unfit(parser, form);
        };
    }

    /** The bytes of {@code base64:…}; any other text is an address. */
    static Object blob(String text) throws Unfit {
        if (!text.startsWith(MANAGED)) {
            return text;
        }
        String encoded = text.substring(MANAGED.length());
        try {
            if (encoded.length() % 4 == 0) {
                return Base64.getDecoder().decode(encoded);
            }
        } catch (IllegalArgumentException notBase64) {
            // Said below.
        }
        throw new Unfit("expected a Blob as base64:<padded standard base64>");
    }

    static String text(JsonParser parser, PropertyType form) throws IOException, Unfit {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw unfit(parser, form);
        }
        String text = parser.getText();
        if (!wellFormed(text)) {
            throw new Unfit("expected text, and it holds half a surrogate pair");
        }
        return text;
    }

    /** Whether the text can be stored as UTF-8: half a surrogate pair would become another text in silence. */
    static boolean wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static Object integer(JsonParser parser, PropertyType form) throws IOException, Unfit {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw unfit(parser, form);
        }
        JsonParser.NumberType width = parser.getNumberType();
        if (width != JsonParser.NumberType.BIG_INTEGER) {
            long number = parser.getLongValue();
            if (form.scalar() == Scalar.I64 || form.scalar() == Scalar.U64 && number >= 0) {
                return number;
            }
            if (form.scalar() == Scalar.I32 && number == (int) number) {
                return (int) number;
            }
            if (form.scalar() == Scalar.U32 && number >= 0 && number <= 0xFFFF_FFFFL) {
                return number;
            }
            throw outOfRange(form, Long.toString(number));
        }
        BigInteger number = parser.getBigIntegerValue();
        return ValueConversion.integer(number, form.scalar()).orElseThrow(() -> outOfRange(form, "that"));
    }

    private static Object real(JsonParser parser, PropertyType form) throws IOException, Unfit {
        if (!parser.currentToken().isNumeric()) {
            throw unfit(parser, form);
        }
        if (form.scalar() == Scalar.F32) {
            float number = Float.parseFloat(parser.getText());
            if (!Float.isFinite(number)) {
                throw outOfRange(form, parser.getText());
            }
            return number;
        }
        double number = Double.parseDouble(parser.getText());
        if (!Double.isFinite(number)) {
            throw outOfRange(form, parser.getText());
        }
        return number;
    }

    private static Object date(JsonParser parser, PropertyType form) throws IOException, Unfit {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return counted(parser, form, Scalar.I32);
        }
        String text = text(parser, form);
        return CalendarText.date(text)
                .orElseThrow(() -> new Unfit("expected " + form.display() + ": invalid Date literal '" + text + "'"));
    }

    private static Object dateTime(JsonParser parser, PropertyType form) throws IOException, Unfit {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return counted(parser, form, Scalar.I64);
        }
        String text = text(parser, form);
        return CalendarText.dateTime(text)
                .orElseThrow(
                        () -> new Unfit("expected " + form.display() + ": invalid DateTime literal '" + text + "'"));
    }

    /** Days or milliseconds since the epoch. */
    private static Object counted(JsonParser parser, PropertyType form, Scalar as) throws IOException, Unfit {
        return ValueConversion.integer(parser.getBigIntegerValue(), as)
                .orElseThrow(() -> outOfRange(form, "that number"));
    }

    private static Object vector(JsonParser parser, PropertyType form) throws IOException, Unfit {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw unfit(parser, form);
        }
        // Grown as it is read: a declared dimension must not make a short line take much memory.
        float[] vector = new float[Math.min(form.dimension(), 4_096)];
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (count == form.dimension()) {
                throw new Unfit("expected " + form.display() + ", got more numbers");
            }
            if (!parser.currentToken().isNumeric()) {
                throw unfit(parser, form);
            }
            if (count == vector.length) {
                vector = Arrays.copyOf(vector, (int) Math.min(form.dimension(), 2L * count));
            }
            vector[count] = Float.parseFloat(parser.getText());
            if (!Float.isFinite(vector[count])) {
                throw outOfRange(form, parser.getText());
            }
            count++;
        }
        if (count != form.dimension()) {
            throw new Unfit("expected " + form.display() + ", got " + count + " numbers");
        }
        return vector;
    }

    private static Unfit unfit(JsonParser parser, PropertyType form) {
        return new Unfit("expected " + form.display() + ", got " + word(parser.currentToken()));
    }

    private static Unfit outOfRange(PropertyType form, String number) {
        return new Unfit("expected " + form.display() + ", and " + number + " is out of its range");
    }

    static String word(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "a whole number";
            case VALUE_NUMBER_FLOAT -> "a number with a fraction or exponent";
            case VALUE_TRUE, VALUE_FALSE -> "a truth value";
            case VALUE_NULL -> "null";
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT -> "something else";
        };
    }
}
