package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.precinct.engine.schema.Scalar;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanonicalTextTest {
    @Test
    void everyScalarHasOneText() {
        assertThat(CanonicalText.of("a b", Scalar.STRING)).isEqualTo("a b");
        assertThat(CanonicalText.of(true, Scalar.BOOL)).isEqualTo("true");
        assertThat(CanonicalText.of(-5, Scalar.I32)).isEqualTo("-5");
        assertThat(CanonicalText.of(-1L, Scalar.U64)).isEqualTo("18446744073709551615");
        assertThat(CanonicalText.of(3, Scalar.DATE)).isEqualTo("3");
        assertThat(CanonicalText.of(1_000L, Scalar.DATE_TIME)).isEqualTo("1000");
        assertThat(CanonicalText.of(0.1f, Scalar.F32)).isEqualTo("0.1");
        assertThat(CanonicalText.of(-0.0, Scalar.F64)).isEqualTo("0");
        assertThat(CanonicalText.of(100.0, Scalar.F64)).isEqualTo("100");
        assertThatIllegalArgumentException().isThrownBy(() -> CanonicalText.of(Double.NaN, Scalar.F64));
        assertThatIllegalArgumentException().isThrownBy(() -> CanonicalText.of(new byte[0], Scalar.BLOB));
    }

    @Test
    void tuplesAreCompactArrays() {
        assertThat(CanonicalText.ofTuple(List.of("a"))).isEqualTo("a");
        assertThat(CanonicalText.ofTuple(List.of("e\"u", "4,2"))).isEqualTo("[\"e\\\"u\",\"4,2\"]");
    }
}
