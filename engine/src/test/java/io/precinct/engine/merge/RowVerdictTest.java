package io.precinct.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.MergeConflict;
import io.precinct.engine.manifest.EntityRow;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowVerdictTest {
    private static final RowVerdict KEEP = new RowVerdict.Keep();
    private static final RowVerdict TAKE = new RowVerdict.Take();

    /** {@code -}: no such entity. */
    private static Optional<EntityRow> image(String value) {
        return value.equals("-") ? Optional.empty() : Optional.of(row(value));
    }

    private static EntityRow row(Object... values) {
        return new EntityRow(
                "id",
                1,
                Optional.empty(),
                Arrays.stream(values).map(Optional::ofNullable).toList());
    }

    @ParameterizedTest(name = "base {0}, source {1}, target {2}: {3}")
    @CsvSource({
        "x,x,x,keep",
        "x,x,y,keep",
        "x,x,-,keep",
        "-,-,y,keep",
        "-,-,-,keep",
        "x,y,x,take",
        "x,-,x,take",
        "-,y,-,take",
        "x,y,y,keep",
        "x,-,-,keep",
        "-,y,y,keep",
        "-,y,z,DIVERGENT_INSERT",
        "x,y,z,DIVERGENT_UPDATE",
        "x,-,z,DELETE_VS_UPDATE",
        "x,y,-,DELETE_VS_UPDATE"
    })
    void theTruthTableDecidesEveryRow(String base, String source, String target, String verdict) {
        RowVerdict expected = switch (verdict) {
            case "keep" -> KEEP;
            case "take" -> TAKE;
            default -> new RowVerdict.Conflict(MergeConflict.Kind.valueOf(verdict));
        };
        assertThat(RowVerdict.of(RowVerdict.Base.of(image(base)), image(source), image(target)))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "disputed base, source {0}, target {1}: {2}")
    @CsvSource({"y,y,keep", "-,-,keep", "y,z,DIVERGENT_UPDATE", "y,-,DELETE_VS_UPDATE", "-,z,DELETE_VS_UPDATE"})
    void aDisputedBaseEqualsNothing(String source, String target, String verdict) {
        assertThat(RowVerdict.of(new RowVerdict.Base.Disputed(), image(source), image(target)))
                .isEqualTo(
                        verdict.equals("keep") ? KEEP : new RowVerdict.Conflict(MergeConflict.Kind.valueOf(verdict)));
    }

    @Test
    void imagesAreEqualOnlyWhenTheirTypedValuesAre() {
        RowVerdict.Base empty = RowVerdict.Base.of(Optional.of(row((Object) null)));
        assertThat(RowVerdict.of(empty, Optional.of(row("")), Optional.of(row((Object) null))))
                .isEqualTo(TAKE);
        assertThat(RowVerdict.of(
                        RowVerdict.Base.of(Optional.of(row(new float[] {1, 2}))),
                        Optional.of(row(new float[] {1, 2})),
                        Optional.of(row(new float[] {1, 3}))))
                .isEqualTo(KEEP);
        assertThat(RowVerdict.of(
                        RowVerdict.Base.of(Optional.of(row(List.of("a,b")))),
                        Optional.of(row(List.of("a", "b"))),
                        Optional.of(row(List.of("a,b")))))
                .isEqualTo(TAKE);
        assertThat(RowVerdict.of(
                        RowVerdict.Base.of(Optional.of(row(0.0))), Optional.of(row(-0.0)), Optional.of(row(0.0))))
                .isEqualTo(TAKE);
    }
}
