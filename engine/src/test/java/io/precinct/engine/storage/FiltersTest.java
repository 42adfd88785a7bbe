package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.ColumnPredicate.All;
import io.precinct.engine.storage.ColumnPredicate.Any;
import io.precinct.engine.storage.ColumnPredicate.Compare;
import io.precinct.engine.storage.ColumnPredicate.In;
import io.precinct.engine.storage.ColumnPredicate.IsNull;
import io.precinct.engine.storage.ColumnPredicate.Not;
import io.precinct.engine.storage.ColumnPredicate.Operator;
import io.precinct.engine.storage.ColumnPredicate.StartsWith;
import io.precinct.engine.storage.Tables.Row;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiltersTest {
    @TempDir
    Path directory;

    @Test
    void theLibraryAnswersRenderedFiltersByTwoValuedLogic() {
        try (Tables tables = new Tables(directory, false)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            List<Row> rows = List.of(
                    new Row("a'b", 1L),
                    new Row("x😀y", 2L),
                    new Row(null, 3L),
                    new Row("z", null),
                    new Row("min", Long.MIN_VALUE));
            Pin pin = tables.store.append(empty, List.of(tables.stage(empty, rows)));
            ColumnPredicate one = new Compare("n", Operator.EQ, 1L);
            ColumnPredicate emoji = new StartsWith("id", "x😀");
            expect(tables, pin, one, 0);
            expect(tables, pin, new Not(one), 1, 2, 3, 4);
            expect(tables, pin, new Compare("n", Operator.NE, 1L), 1, 2, 4);
            expect(tables, pin, new Compare("n", Operator.EQ, Long.MIN_VALUE), 4);
            expect(tables, pin, new Compare("n", Operator.GT, 1.5), 1, 2);
            expect(tables, pin, new In("id", List.of("a'b", "z", "x😀y")), 0, 1, 3);
            expect(tables, pin, new Not(new In("id", List.of("z"))), 0, 1, 2, 4);
            expect(tables, pin, emoji, 1);
            expect(tables, pin, new Not(emoji), 0, 2, 3, 4);
            expect(tables, pin, new IsNull("id"), 2);
            expect(tables, pin, new Not(new Any(List.of(one, new IsNull("n")))), 1, 2, 4);
            expect(tables, pin, new All(List.of()), 0, 1, 2, 3, 4);
            expect(tables, pin, new Any(List.of()));
            expect(tables, pin, new Not(new In("id", List.of())), 0, 1, 2, 3, 4);
            List<ColumnPredicate> many = LongStream.range(0, 5000)
                    .<ColumnPredicate>mapToObj(i -> new Compare("n", Operator.EQ, i))
                    .toList();
            expect(tables, pin, new Any(many), 0, 1, 2);
        }
    }

    private static void expect(Tables tables, Pin pin, ColumnPredicate predicate, int... wanted) {
        List<Row> all = tables.rows(pin);
        assertThat(tables.rows(pin, Optional.of(predicate)))
                .as(Filters.render(predicate)
                        .substring(0, Math.min(60, Filters.render(predicate).length())))
                .isEqualTo(java.util.Arrays.stream(wanted).mapToObj(all::get).toList());
    }

    @Test
    void filtersThatAreTooDeepOrTooLongAreRefused() {
        ColumnPredicate deep = new IsNull("n");
        for (int i = 0; i < 100; i++) {
            deep = new All(List.of(new IsNull("n"), new Any(List.of(deep, new IsNull("id")))));
        }
        ColumnPredicate tooDeep = deep;
        assertThatThrownBy(() -> Filters.render(tooDeep)).isInstanceOf(EngineException.class);
        List<ColumnPredicate> many = LongStream.range(0, Filters.MOST_LEAVES + 1)
                .<ColumnPredicate>mapToObj(i -> new Compare("n", Operator.EQ, i))
                .toList();
        assertThatThrownBy(() -> Filters.render(new Any(many))).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> Filters.render(new IsNull("a`; drop"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Filters.render(new Compare("n", Operator.EQ, Double.NaN)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aListCountsByItsValuesSoThatNoFilterGrowsWithoutLimit() {
        ColumnPredicate most =
                new In("n", LongStream.range(0, Filters.MOST_LEAVES).boxed().toList());
        assertThat(Filters.render(most)).endsWith(", 9999)");
        ColumnPredicate more = new In(
                "n", LongStream.rangeClosed(0, Filters.MOST_LEAVES).boxed().toList());
        // Before a value is looked at: the text of a longer list is not even begun.
        ColumnPredicate unfit = new In("n", Collections.nCopies(Filters.MOST_LEAVES + 1, Double.NaN));
        assertThatThrownBy(() -> Filters.render(unfit)).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> Filters.render(more))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure()).isInstanceOf(EngineFailure.ResourceLimit.class));
        assertThatThrownBy(() -> Filters.render(new All(List.of(most, new IsNull("id")))))
                .isInstanceOf(EngineException.class);
    }

    @Test
    void textsOfEveryCharacterAreComparedAsTheyAre() {
        List<String> texts = List.of(
                "a",
                "a\0",
                "a\0b",
                "\0",
                "",
                "x😀y",
                "😀",
                "😀\0",
                "\uD7FF",
                "\uE000",
                "\uFFFF",
                "\uDBFF\uDFFF",
                "it's",
                "%_",
                "\\",
                "chr(0)");
        try (Tables tables = new Tables(directory, false)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            Pin pin = tables.store.append(
                    empty,
                    List.of(tables.stage(
                            empty, texts.stream().map(text -> new Row(text, 1L)).toList())));
            for (String text : texts) {
                answers(tables, pin, new Compare("id", Operator.EQ, text), texts, text::equals);
                answers(tables, pin, new Not(new In("id", List.of(text))), texts, other -> !text.equals(other));
                answers(tables, pin, new StartsWith("id", text), texts, other -> other.startsWith(text));
                answers(
                        tables,
                        pin,
                        new Compare("id", Operator.LT, text),
                        texts,
                        other -> Arrays.compareUnsigned(other.getBytes(UTF_8), text.getBytes(UTF_8)) < 0);
                assertThat(tables.store.locate(pin, "id", List.of(text)))
                        .extracting(TableStore.Located::value)
                        .containsExactly(text);
            }
        }
    }

    private static void answers(
            Tables tables, Pin pin, ColumnPredicate predicate, List<String> texts, Predicate<String> wanted) {
        assertThat(tables.rows(pin, Optional.of(predicate)))
                .as(String.valueOf(predicate))
                .extracting(Row::id)
                .isEqualTo(texts.stream().filter(wanted).toList());
    }

    @Test
    void halfACharacterIsRefusedInAFilterAndFindsNothingAsAKey() {
        for (String half : List.of("\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D")) {
            assertThatThrownBy(() -> Filters.render(new Compare("id", Operator.EQ, half)))
                    .isInstanceOf(NativeErrors.ContractBroken.class);
        }
        try (Tables tables = new Tables(directory, false)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            Pin pin = tables.store.append(empty, List.of(tables.stage(empty, new Row("?", 1L), new Row("\uFFFD", 2L))));
            assertThat(tables.store.locate(pin, "id", List.of("\uD83D"))).isEmpty();
            assertThat(tables.store.locate(pin, "id", List.of("\uDE00", "?"))).hasSize(1);
        }
    }
}
