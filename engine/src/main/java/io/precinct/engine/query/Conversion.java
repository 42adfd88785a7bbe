package io.precinct.engine.query;

import io.precinct.engine.schema.Numbers;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Conversion of one value to the type of the property it is assigned to. Integers go to integers of any width when in
 * range, integers to floats when the float equals them, floats to F32 when in range; nothing else changes its type.
 */
public final class Conversion {
    private Conversion() {}

    /**
     * The value in the Java form of {@code to}; empty when it has none. Enum membership is not asked here.
     *
     * @param value not null, in the Java form of {@code from}
     */
    public static Optional<Object> convert(Object value, PropertyType from, PropertyType to) {
        if (to.scalar() == Scalar.VECTOR && value instanceof List<?> numbers) {
            return from.scalar().numeric() && numbers.size() == to.dimension()
                    ? Vectors.of(numbers).map(v -> v)
                    : Optional.empty();
        }
        if (from.list() != to.list()) {
            return Optional.empty();
        }
        if (!to.list()) {
            return scalar(value, from.scalar(), to.scalar());
        }
        List<Object> converted = new ArrayList<>();
        for (Object element : (List<?>) value) {
            Optional<Object> one = scalar(element, from.scalar(), to.scalar());
            if (one.isEmpty()) {
                return Optional.empty();
            }
            converted.add(one.get());
        }
        return Optional.of(List.copyOf(converted));
    }

    private static Optional<Object> scalar(Object value, Scalar from, Scalar to) {
        if (from == to) {
            return Optional.of(value);
        }
        if (Types.whole(from)) {
            return Numbers.whole(integer(value, from), to);
        }
        if (Types.real(from) && Types.real(to)) {
            double number = ((Number) value).doubleValue();
            return to == Scalar.F64 ? Optional.of(number) : narrow(number);
        }
        return Optional.empty();
    }

    private static Optional<Object> narrow(double number) {
        float narrowed = (float) number;
        return Double.isFinite(number) && Float.isInfinite(narrowed) ? Optional.empty() : Optional.of(narrowed);
    }

    private static BigInteger integer(Object value, Scalar from) {
        return from == Scalar.U64
                ? new BigInteger(Long.toUnsignedString((Long) value))
                : BigInteger.valueOf(((Number) value).longValue());
    }
}
