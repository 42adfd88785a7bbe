package io.precinct.engine.write;

import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/** Compares two values that are not null. Numbers compare exactly across types; text by its UTF-8 bytes. */
final class Comparison {
    private Comparison() {}

    static boolean test(Object left, PropertyType leftType, Operator operator, Object right, PropertyType rightType) {
        return switch (operator) {
            case EQ -> compare(left, leftType.scalar(), right, rightType.scalar()) == 0;
            case NE -> compare(left, leftType.scalar(), right, rightType.scalar()) != 0;
            case LT -> compare(left, leftType.scalar(), right, rightType.scalar()) < 0;
            case LTE -> compare(left, leftType.scalar(), right, rightType.scalar()) <= 0;
            case GT -> compare(left, leftType.scalar(), right, rightType.scalar()) > 0;
            case GTE -> compare(left, leftType.scalar(), right, rightType.scalar()) >= 0;
            case CONTAINS ->
                left instanceof List<?> items
                        ? items.stream().anyMatch(i -> compare(i, leftType.scalar(), right, rightType.scalar()) == 0)
                        : ((String) left).contains((String) right);
            case STARTS_WITH -> ((String) left).startsWith((String) right);
        };
    }

    static int compare(Object left, Scalar leftType, Object right, Scalar rightType) {
        if (leftType.numeric() && rightType.numeric()) {
            return numbers(left, leftType, right, rightType);
        }
        return switch (left) {
            case String text -> text(text, (String) right);
            case Boolean truth -> Boolean.compare(truth, (Boolean) right);
            case Integer days -> Integer.compare(days, (Integer) right);
            case Long millis -> Long.compare(millis, (Long) right);
            default -> throw new IllegalArgumentException("a " + leftType.word() + " can't be compared");
        };
    }

    /** UTF-8 order is code point order; UTF-16 order differs from it above the surrogates only. */
    static int text(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean pairA = Character.isSurrogate(a);
                boolean pairB = Character.isSurrogate(b);
                return pairA == pairB ? Character.compare(a, b) : pairA ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private static int numbers(Object left, Scalar leftType, Object right, Scalar rightType) {
        boolean leftReal = left instanceof Double || left instanceof Float;
        boolean rightReal = right instanceof Double || right instanceof Float;
        if (leftReal && rightReal) {
            // An F64 operand meets an F32 property as the F32 that it would be stored as.
            return leftType == rightType
                    ? Double.compare(((Number) left).doubleValue(), ((Number) right).doubleValue())
                    : Float.compare(((Number) left).floatValue(), ((Number) right).floatValue());
        }
        if (!leftReal && !rightReal && leftType != Scalar.U64 && rightType != Scalar.U64) {
            return Long.compare(((Number) left).longValue(), ((Number) right).longValue());
        }
        if (leftReal && !Double.isFinite(((Number) left).doubleValue())) {
            return ((Number) left).doubleValue() == Double.NEGATIVE_INFINITY ? -1 : 1;
        }
        if (rightReal && !Double.isFinite(((Number) right).doubleValue())) {
            return ((Number) right).doubleValue() == Double.NEGATIVE_INFINITY ? 1 : -1;
        }
        return exact(left, leftType).compareTo(exact(right, rightType));
    }

    /** A finite number as it is. */
    static BigDecimal exact(Object value, Scalar type) {
        if (type == Scalar.U64) {
            return new BigDecimal(new BigInteger(Long.toUnsignedString((Long) value)));
        }
        return value instanceof Double || value instanceof Float
                ? new BigDecimal(((Number) value).doubleValue())
                : BigDecimal.valueOf(((Number) value).longValue());
    }
}
