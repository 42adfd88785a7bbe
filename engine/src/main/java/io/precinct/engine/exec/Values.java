package io.precinct.engine.exec;

import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/** Comparison of engine values: exact across numeric types, text by its UTF-8 bytes, floats by IEEE total order. */
final class Values {
    private Values() {}

    /** Below, at or above zero; both of comparable types, neither null. */
    static int compare(Object left, PropertyType leftType, Object right, PropertyType rightType) {
        if (left instanceof Number a
                && right instanceof Number b
                && leftType.scalar().numeric()) {
            return numbers(a, leftType.scalar(), b, rightType.scalar());
        }
        return switch (left) {
            case String text -> text(text, (String) right);
            case Boolean truth -> Boolean.compare(truth, (Boolean) right);
            case Number number -> Long.compare(number.longValue(), ((Number) right).longValue());
            // The language doesn't order these; groups whose keys they are still need one sequence.
            case List<?> items -> items(items, leftType.element(), (List<?>) right, rightType.element());
            case float[] vector -> Arrays.compare(vector, (float[]) right);
            default -> throw new IllegalStateException("values of " + leftType.display() + " have no order");
        };
    }

    private static int items(List<?> left, PropertyType leftType, List<?> right, PropertyType rightType) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            int order = compare(left.get(i), leftType, right.get(i), rightType);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /** Strings by their UTF-8 bytes, which is the order of their code points. */
    static int text(String left, String right) {
        int shorter = Math.min(left.length(), right.length());
        for (int i = 0; i < shorter; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                // A surrogate belongs to a code point above every other char, though its own value is lower than some.
                boolean high = Character.isSurrogate(a);
                return high == Character.isSurrogate(b) ? Character.compare(a, b) : high ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private static int numbers(Number left, Scalar leftScalar, Number right, Scalar rightScalar) {
        boolean leftFloat = left instanceof Float || left instanceof Double;
        boolean rightFloat = right instanceof Float || right instanceof Double;
        if (!leftFloat && !rightFloat && leftScalar != Scalar.U64 && rightScalar != Scalar.U64) {
            return Long.compare(left.longValue(), right.longValue());
        }
        if (leftFloat && rightFloat) {
            return Double.compare(left.doubleValue(), right.doubleValue());
        }
        double fraction = leftFloat ? left.doubleValue() : right.doubleValue();
        if (leftFloat || rightFloat) {
            if (Double.isNaN(fraction) || Double.isInfinite(fraction)) {
                int side = fraction < 0 ? -1 : 1;
                return leftFloat ? side : -side;
            }
        }
        return exact(left, leftScalar).compareTo(exact(right, rightScalar));
    }

    /** An F64 as F32, a list of them element by element; null stays null. */
    static Object narrowed(Object value) {
        return switch (value) {
            case null -> null;
            case List<?> items -> items.stream().map(Values::narrowed).toList();
            default -> ((Number) value).floatValue();
        };
    }

    private static BigDecimal exact(Number number, Scalar scalar) {
        if (number instanceof Float || number instanceof Double) {
            return new BigDecimal(number.doubleValue());
        }
        return scalar == Scalar.U64
                ? new BigDecimal(new BigInteger(Long.toUnsignedString(number.longValue())))
                : BigDecimal.valueOf(number.longValue());
    }

    static boolean contains(Object left, PropertyType leftType, Object right, PropertyType rightType) {
        if (left instanceof List<?> items) {
            PropertyType element = PropertyType.of(leftType.scalar());
            return items.stream().anyMatch(item -> item != null && compare(item, element, right, rightType) == 0);
        }
        return ((String) left).contains((String) right);
    }
}
