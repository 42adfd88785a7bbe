package io.precinct.engine.reference;

import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Values as the interpreter holds them: every integer is a BigInteger, a float its own width, a text a String, a Date
 * its day and a DateTime its millisecond as BigInteger. Null is null.
 */
final class PlainValues {
    private PlainValues() {}

    /** From the engine's Java form. */
    static Object of(Object value, PropertyType type) {
        if (value == null) {
            return null;
        }
        if (type.list()) {
            List<Object> items = new ArrayList<>();
            ((List<?>) value).forEach(item -> items.add(of(item, type.element())));
            return items;
        }
        return switch (value) {
            case Long bits when type.scalar() == Scalar.U64 -> new BigInteger(Long.toUnsignedString(bits));
            case float[] vector -> {
                List<Object> components = new ArrayList<>();
                for (float component : vector) {
                    components.add(component);
                }
                yield components;
            }
            case Integer whole -> BigInteger.valueOf(whole);
            case Long whole -> BigInteger.valueOf(whole);
            default -> value;
        };
    }

    /** Below, at or above zero; both of comparable types and not null. */
    static int order(Object left, Object right) {
        return switch (left) {
            case String text -> Arrays.compareUnsigned(bytes(text), bytes((String) right));
            case Boolean truth -> truth.compareTo((Boolean) right);
            case Number a
            when real(a) && real(right) -> Double.compare(a.doubleValue(), ((Number) right).doubleValue());
            case Number a -> exact(a).compareTo(exact((Number) right));
            default -> throw new IllegalArgumentException("no order among " + left.getClass());
        };
    }

    private static boolean real(Object value) {
        return value instanceof Float || value instanceof Double;
    }

    /** Null is smallest. */
    static int orderWithNulls(Object left, Object right) {
        if (left == null || right == null) {
            return left == right ? 0 : left == null ? -1 : 1;
        }
        return order(left, right);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static BigDecimal exact(Number number) {
        return switch (number) {
            case BigInteger whole -> new BigDecimal(whole);
            case Float real -> new BigDecimal(real);
            default -> new BigDecimal(number.doubleValue());
        };
    }

    /** A sum or mean to ten digits: neither side promises the order in which it adds. */
    static Object rounded(Object value) {
        if (!(value instanceof Double real)) {
            return value;
        }
        BigDecimal ten = new BigDecimal(real).round(new MathContext(10));
        return ten.signum() == 0 ? BigDecimal.ZERO : ten.stripTrailingZeros();
    }
}
