package io.precinct.engine.write;

import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Fits a value of one checked type to a property of a compatible type, exactly or not at all. */
final class ValueConversion {
    private static final BigInteger U64_MOST = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    private ValueConversion() {}

    /** The value in the Java form of {@code to}, or empty when it doesn't fit. */
    static Optional<Object> convert(Object value, PropertyType from, PropertyType to) {
        if (to.scalar() == Scalar.VECTOR && value instanceof List<?> items) {
            return vector(items, to.dimension());
        }
        if (to.list() != value instanceof List<?>) {
            return Optional.empty();
        }
        if (value instanceof List<?> items) {
            List<Object> converted = new ArrayList<>(items.size());
            for (Object item : items) {
                Optional<Object> element = scalar(item, from.scalar(), to.scalar());
                if (element.isEmpty()) {
                    return Optional.empty();
                }
                converted.add(element.get());
            }
            return Optional.of(List.copyOf(converted));
        }
        if (to.scalar() == Scalar.VECTOR) {
            return value instanceof float[] vector && vector.length == to.dimension() && finite(vector)
                    ? Optional.of(vector)
                    : Optional.empty();
        }
        return scalar(value, from.scalar(), to.scalar());
    }

    private static Optional<Object> scalar(Object value, Scalar from, Scalar to) {
        return switch (to) {
            case STRING -> Optional.of(value).filter(v -> v instanceof String text && ValueReader.wellFormed(text));
            case BOOL -> Optional.of(value).filter(Boolean.class::isInstance);
            case I32, I64, U32, U64 -> whole(value, from).flatMap(number -> integer(number, to));
            case F32 -> real(value, from, true);
            case F64 -> real(value, from, false);
            case DATE -> from == Scalar.DATE ? Optional.of(value) : Optional.empty();
            case DATE_TIME -> from == Scalar.DATE_TIME ? Optional.of(value) : Optional.empty();
            // Contents are made into cells where they are written.
            case BLOB, VECTOR -> Optional.empty();
        };
    }

    private static Optional<BigInteger> whole(Object value, Scalar from) {
        return from == Scalar.I32 || from == Scalar.I64 || from == Scalar.U32 || from == Scalar.U64
                ? Optional.of(Comparison.exact(value, from).toBigIntegerExact())
                : Optional.empty();
    }

    /** A whole number in the Java form of an integer type, when in its range. */
    static Optional<Object> integer(BigInteger number, Scalar to) {
        return switch (to) {
            case I32 -> number.bitLength() <= 31 ? Optional.of(number.intValue()) : Optional.empty();
            case I64 -> number.bitLength() <= 63 ? Optional.of(number.longValue()) : Optional.empty();
            case U32 ->
                number.signum() >= 0 && number.bitLength() <= 32 ? Optional.of(number.longValue()) : Optional.empty();
            case U64 ->
                number.signum() >= 0 && number.compareTo(U64_MOST) <= 0
                        ? Optional.of(number.longValue())
                        : Optional.empty();
            case STRING, BOOL, F32, F64, DATE, DATE_TIME, BLOB, VECTOR -> Optional.empty();
        };
    }

    private static Optional<Object> real(Object value, Scalar from, boolean narrow) {
        if (!from.numeric()) {
            return Optional.empty();
        }
        double number = value instanceof Double || value instanceof Float
                ? ((Number) value).doubleValue()
                : Comparison.exact(value, from).doubleValue();
        Object result = narrow ? (Object) (float) number : (Object) number;
        double stored = ((Number) result).doubleValue();
        if (!Double.isFinite(stored)) {
            return Optional.empty();
        }
        boolean exact = value instanceof Double
                || value instanceof Float
                || new BigDecimal(stored).compareTo(Comparison.exact(value, from)) == 0;
        return exact ? Optional.of(result) : Optional.empty();
    }

    private static Optional<Object> vector(List<?> items, int dimension) {
        if (items.size() != dimension) {
            return Optional.empty();
        }
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            if (!(items.get(i) instanceof Number number)) {
                return Optional.empty();
            }
            vector[i] = number.floatValue();
        }
        return finite(vector) ? Optional.of(vector) : Optional.empty();
    }

    private static boolean finite(float[] vector) {
        for (float component : vector) {
            if (!Float.isFinite(component)) {
                return false;
            }
        }
        return true;
    }
}
