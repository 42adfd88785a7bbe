package io.precinct.engine.write;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.precinct.engine.schema.Scalar;
import java.math.BigDecimal;
import java.util.List;

/** The one text of a value that ids and uniqueness are decided by. */
public final class CanonicalText {
    private CanonicalText() {}

    /**
     * String verbatim; integers decimal; Bool {@code true}/{@code false}; Date as epoch days; DateTime as epoch
     * milliseconds; floats as the shortest text that reads back to the stored width, both zeros {@code 0}.
     *
     * @param value in the Java form of {@code scalar}
     * @throws IllegalArgumentException for a non-finite number, a Blob or a Vector: they identify nothing
     */
    public static String of(Object value, Scalar scalar) {
        return switch (scalar) {
            case STRING -> (String) value;
            case BOOL, I32, I64, U32, DATE, DATE_TIME -> value.toString();
            case U64 -> Long.toUnsignedString((Long) value);
            case F32 -> decimal(((Float) value).doubleValue(), value.toString());
            case F64 -> decimal((Double) value, value.toString());
            case BLOB, VECTOR -> throw new IllegalArgumentException("a " + scalar.word() + " has no canonical text");
        };
    }

    /** The text itself for one member, else a compact JSON array of the members' texts. */
    public static String ofTuple(List<String> members) {
        return members.size() == 1 ? members.getFirst() : array(members);
    }

    /** A compact JSON array of strings. */
    static String array(List<String> members) {
        StringBuilder text = new StringBuilder("[");
        for (String member : members) {
            text.append(text.length() == 1 ? "\"" : ",\"");
            JsonStringEncoder.getInstance().quoteAsString(member, text);
            text.append('"');
        }
        return text.append(']').toString();
    }

    private static String decimal(double value, String shortest) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("a non-finite number can't identify an entity");
        }
        if (value == 0) {
            return "0";
        }
        return new BigDecimal(shortest).stripTrailingZeros().toPlainString();
    }
}
