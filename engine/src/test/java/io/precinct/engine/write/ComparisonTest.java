package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static int compare(Object left, Scalar leftType, Object right, Scalar rightType) {
        return Integer.signum(Comparison.compare(left, leftType, right, rightType));
    }

    @Test
    void numbersCompareExactlyAcrossTypes() {
        assertThat(compare(2, Scalar.I32, 2.7, Scalar.F64)).isNegative();
        assertThat(compare(Long.MAX_VALUE, Scalar.I64, 0x1p63, Scalar.F64)).isNegative();
        assertThat(compare(-1L, Scalar.U64, 5L, Scalar.I64)).isPositive();
        assertThat(compare(5, Scalar.I32, Double.POSITIVE_INFINITY, Scalar.F64)).isNegative();
        assertThat(compare(0.1f, Scalar.F32, 0.1, Scalar.F64)).isZero();
    }

    @Test
    void textComparesByItsBytes() {
        assertThat(compare("\uFF5E", Scalar.STRING, "😀", Scalar.STRING)).isNegative();
        assertThat(compare("a", Scalar.STRING, "ab", Scalar.STRING)).isNegative();
    }

    @Test
    void containsIsMembershipOrSubstring() {
        PropertyType list = new PropertyType(Scalar.I32, 0, java.util.Optional.empty(), true, true);
        assertThat(Comparison.test(List.of(1, 2), list, Operator.CONTAINS, 2L, PropertyType.of(Scalar.I64)))
                .isTrue();
        PropertyType text = PropertyType.of(Scalar.STRING);
        assertThat(Comparison.test("50%", text, Operator.CONTAINS, "0%", text)).isTrue();
        assertThat(Comparison.test("50%", text, Operator.STARTS_WITH, "0", text))
                .isFalse();
    }
}
