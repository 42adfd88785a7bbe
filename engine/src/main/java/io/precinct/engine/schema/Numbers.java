package io.precinct.engine.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/** Whole numbers as values of the numeric scalars. */
public final class Numbers {
    private Numbers() {}

    /** In the Java form of {@code to}; empty when out of range, not exact as a float, or {@code to} is no number. */
    public static Optional<Object> whole(BigInteger value, Scalar to) {
        return switch (to) {
            case I32 -> value.bitLength() <= 31 ? Optional.of(value.intValue()) : Optional.empty();
            case I64 -> value.bitLength() <= 63 ? Optional.of(value.longValue()) : Optional.empty();
            case U32 -> unsigned(value, 32);
            case U64 -> unsigned(value, 64);
            case F32 -> exact(value, value.floatValue()) ? Optional.of(value.floatValue()) : Optional.empty();
            case F64 -> exact(value, value.doubleValue()) ? Optional.of(value.doubleValue()) : Optional.empty();
            case STRING, BOOL, DATE, DATE_TIME, BLOB, VECTOR -> Optional.empty();
        };
    }

    private static Optional<Object> unsigned(BigInteger value, int bits) {
        return value.signum() >= 0 && value.bitLength() <= bits ? Optional.of(value.longValue()) : Optional.empty();
    }

    private static boolean exact(BigInteger value, double number) {
        return Double.isFinite(number) && new BigDecimal(number).compareTo(new BigDecimal(value)) == 0;
    }
}
