package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.ColumnPredicate.Compare;
import io.precinct.engine.storage.ColumnPredicate.Operator;
import io.precinct.engine.storage.TableStore.CompactionLimits;
import io.precinct.engine.storage.TableStore.Located;
import io.precinct.engine.storage.Tables.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a table store does, wherever it is. */
abstract class TableStoreContract {
    protected Tables tables;

    protected abstract Tables opened();

    @BeforeEach
    void open() {
        tables = opened();
    }

    @AfterEach
    void close() {
        tables.close();
    }

    @Test
    void aNewDatasetIsEmptyAtItsFirstVersion() {
        Pin pin = tables.store.create("person", Tables.SCHEMA);
        assertThat(pin.version()).isEqualTo(1);
        assertThat(pin.rows()).isZero();
        assertThat(pin.dataset()).startsWith("data/person-");
        assertThat(pin.manifestBytes()).isPositive();
        assertThat(pin.manifestDigest()).matches("sha256:[0-9a-f]{64}");
        assertThat(tables.rows(pin)).isEmpty();
    }

    @Test
    void appendedRowsAreReadByNameWhateverTheOrderOfColumns() {
        Pin empty = tables.store.create("t", Tables.SCHEMA);
        Pin one = tables.store.append(empty, List.of(tables.stage(empty, new Row("a", 1L), new Row("b", null))));
        Pin two = tables.store.append(one, List.of(tables.stage(one, new Row("c", 3L))));
        assertThat(one.version()).isNegative();
        assertThat(two.rows()).isEqualTo(3);
        assertThat(two.fragments()).isEqualTo(2);
        assertThat(tables.rows(two)).containsExactly(new Row("a", 1L), new Row("b", null), new Row("c", 3L));
        assertThat(tables.rows(one)).hasSize(2);
        assertThat(tables.rows(empty)).isEmpty();
    }

    @Test
    void aVersionIsHeldAgainstWhatWasRecordedOfIt() {
        Pin base = filled(10);
        List<Long> some = tables.store.locate(base, "id", List.of("k3")).stream()
                .map(Located::address)
                .toList();
        Pin pin = tables.store.rewriteRows(base, some, List.of());
        assertThat(tables.store.damage(pin)).isEmpty();
        assertThat(tables.store.damage(new Pin(
                        pin.dataset(), pin.version(), pin.rows(), pin.fragments(), pin.manifestBytes(), "sha256:0")))
                .singleElement()
                .satisfies(damage -> assertThat(damage.missing()).isFalse());
        assertThat(tables.store.damage(new Pin(
                        pin.dataset(), pin.version(), 7, pin.fragments(), pin.manifestBytes(), pin.manifestDigest())))
                .singleElement()
                .satisfies(damage -> assertThat(damage.detail()).contains("9 rows"));
        assertThat(tables.store.damage(
                        new Pin(pin.dataset(), -2, pin.rows(), pin.fragments(), pin.manifestBytes(), "sha256:0")))
                .singleElement()
                .satisfies(damage -> assertThat(damage.missing()).isTrue());
    }

    @Test
    void stagedRowsMayBeCommittedOnAnyBase() {
        Pin empty = tables.store.create("t", Tables.SCHEMA);
        TableStore.Staged mine = tables.stage(empty, new Row("mine", 1L));
        Pin other = tables.store.append(empty, List.of(tables.stage(empty, new Row("other", 2L))));
        Pin lost = tables.store.append(empty, List.of(mine));
        Pin again = tables.store.append(other, List.of(mine));
        assertThat(tables.ids(lost)).containsExactly("mine");
        assertThat(tables.ids(again)).containsExactly("other", "mine");
    }

    @Test
    void rewrittenRowsDisappearAndTheirReplacementsAppearInOneVersion() {
        Pin base = filled(10);
        List<Long> gone = tables.store.locate(base, "id", List.of("k3", "k7", "absent")).stream()
                .map(Located::address)
                .toList();
        assertThat(gone).hasSize(2);
        Pin next = tables.store.rewriteRows(base, gone, List.of(tables.stage(base, new Row("k3", 33L))));
        assertThat(next.rows()).isEqualTo(9);
        assertThat(tables.rows(next)).contains(new Row("k3", 33L)).doesNotContain(new Row("k7", 7L));
        assertThat(tables.rows(base)).hasSize(10);
    }

    @Test
    void deletionsAccumulateUntilTheFragmentIsGone() {
        Pin pin = filled(3);
        for (String key : List.of("k0", "k1", "k2")) {
            pin = tables.store.rewriteRows(
                    pin,
                    List.of(tables.store
                            .locate(pin, "id", List.of(key))
                            .getFirst()
                            .address()),
                    List.of());
        }
        assertThat(pin.rows()).isZero();
        assertThat(pin.fragments()).isZero();
        assertThat(tables.rows(pin)).isEmpty();
    }

    @Test
    void addressesThatDoNotExistAreRefusedBeforeTheLibrarySeesThem() {
        Pin base = filled(3);
        for (long address : List.of(3L, 1L << 32, 0x80000000L, -1L)) {
            assertThatThrownBy(() -> tables.store.rewriteRows(base, List.of(address), List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(tables.rows(base)).hasSize(3);
    }

    @Test
    void replaceKeepsOnlyTheGivenRows() {
        Pin base = filled(5);
        Pin next = tables.store.replace(base, List.of(tables.stage(base, new Row("only", 1L))));
        assertThat(tables.ids(next)).containsExactly("only");
        Pin none = tables.store.replace(next, List.of());
        assertThat(none.rows()).isZero();
        assertThat(tables.ids(tables.store.append(none, List.of(tables.stage(none, new Row("again", 1L))))))
                .containsExactly("again");
    }

    @Test
    void locateFindsTheSameRowsByListAndByScan() {
        Pin pin = filled(2000);
        List<String> few = IntStream.range(0, 150).mapToObj(i -> "k" + i * 13).toList();
        List<String> many = IntStream.range(0, 1500).mapToObj(i -> "k" + i).toList();
        assertThat(tables.store.locate(pin, "id", few))
                .allSatisfy(l -> assertThat(l.address())
                        .isEqualTo(Long.parseLong(l.value().substring(1))));
        assertThat(tables.store.locate(pin, "id", few)).hasSize(150);
        assertThat(tables.store.locate(pin, "id", many)).hasSize(1500);
    }

    @Test
    void locateFindsEmojiAndQuotesAndNul() {
        Pin empty = tables.store.create("t", Tables.SCHEMA);
        List<String> odd = List.of("😀", "it's", "a\0b", "`", "\\", "ä'😀'", "%_");
        Pin pin = tables.store.append(
                empty,
                List.of(tables.stage(
                        empty, odd.stream().map(s -> new Row(s, 1L)).toList())));
        for (String key : odd) {
            assertThat(tables.store.locate(pin, "id", List.of(key)))
                    .extracting(Located::value)
                    .containsExactly(key);
        }
    }

    @Test
    void scansKeepStorageOrderAndNeverYieldEmptyBatches() {
        Pin pin = filled(5000);
        assertThat(tables.addresses(pin))
                .isEqualTo(LongStream.range(0, 5000).boxed().toList());
        assertThat(tables.rows(pin, Optional.of(new Compare("n", Operator.EQ, 4999L))))
                .containsExactly(new Row("k4999", 4999L));
    }

    @Test
    void compactionMergesFragmentsAndConverges() {
        Pin pin = fragmented(6);
        CompactionLimits limits = new CompactionLimits(1000, 0.1);
        TableStore.Compaction work =
                tables.store.compact(pin, limits, () -> false).orElseThrow();
        Pin small = tables.store.commitCompaction(pin, work).orElseThrow();
        assertThat(small.fragments()).isEqualTo(1);
        assertThat(tables.rows(small)).isEqualTo(tables.rows(pin));
        assertThat(tables.store.compact(small, limits, () -> false)).isEmpty();
    }

    @Test
    void compactionSurvivesAnAppendAndIsDroppedWhenItsSourcesChanged() {
        Pin pin = fragmented(4);
        TableStore.Compaction work = tables.store
                .compact(pin, new CompactionLimits(1000, 0.1), () -> false)
                .orElseThrow();
        Pin appended = tables.store.append(pin, List.of(tables.stage(pin, new Row("late", 1L))));
        Pin merged = tables.store.commitCompaction(appended, work).orElseThrow();
        assertThat(merged.fragments()).isEqualTo(2);
        assertThat(tables.ids(merged)).containsExactlyInAnyOrder("k0", "k1", "k2", "k3", "late");
        Pin deleted = tables.store.rewriteRows(pin, List.of(0L), List.of());
        assertThat(tables.store.commitCompaction(deleted, work)).isEmpty();
        Pin next = tables.store.append(merged, List.of(tables.stage(merged, new Row("after", 1L))));
        assertThat(tables.ids(next)).hasSize(6);
    }

    private List<String> keys() {
        return tables.store.files().stream().map(TableStore.StoredFile::key).toList();
    }

    private boolean isNeeded(String key, Pin... pins) {
        return Arrays.stream(pins)
                .flatMap(pin -> tables.store.filesOf(pin).stream())
                .anyMatch(needed -> needed.endsWith("/") ? key.startsWith(needed) : key.equals(needed));
    }

    @Test
    void everyFileOfItsVersionsIsNeededByOneOfThem() {
        Pin empty = tables.store.create("t", Tables.SCHEMA);
        Pin one = tables.store.append(empty, List.of(tables.stage(empty, new Row("a", 1L), new Row("b", 2L))));
        Pin two = tables.store.rewriteRows(
                one,
                List.of(tables.store.locate(one, "id", List.of("a")).getFirst().address()),
                List.of(tables.stage(one, new Row("c", 3L))));
        assertThat(keys()).isNotEmpty().allMatch(key -> isNeeded(key, empty, one, two));
        assertThat(tables.store.filesOf(two)).allMatch(keys()::contains);
        assertThat(tables.store.files()).allMatch(file -> file.bytes() > 0);
        assertThat(keys()).anyMatch(key -> !isNeeded(key, two));
        assertThatThrownBy(() -> tables.store.filesOf(
                        new Pin(two.dataset(), 5 + two.version(), 2, 1, two.manifestBytes(), two.manifestDigest())))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.failure()).isInstanceOf(EngineFailure.Corrupt.class));
    }

    @Test
    void whatIsLeftOfADatasetAfterTheFilesThatNobodyNeedsAreDeletedIsWhole() {
        Pin pin = fragmented(4);
        Pin other = filled(3);
        tables.stage(pin, new Row("never", 1L));
        Pin small = tables.store
                .commitCompaction(
                        pin,
                        tables.store
                                .compact(pin, new CompactionLimits(1000, 0.1), () -> false)
                                .orElseThrow())
                .orElseThrow();
        List<String> before = keys();
        List<String> surplus =
                before.stream().filter(key -> !isNeeded(key, small, other)).toList();
        assertThat(surplus).hasSizeGreaterThan(8);
        surplus.forEach(tables.store::deleteFile);
        surplus.forEach(tables.store::deleteFile);
        assertThat(keys()).hasSize(before.size() - surplus.size()).doesNotContainAnyElementsOf(surplus);
        assertThat(tables.store.damage(small)).isEmpty();
        assertThat(tables.ids(small)).containsExactly("k0", "k1", "k2", "k3");
        assertThat(tables.ids(other)).hasSize(3);
        assertThat(tables.store.damage(pin)).isNotEmpty();
        // A dataset lives on without its older versions.
        Pin next = tables.store.append(small, List.of(tables.stage(small, new Row("k9", 9L))));
        Pin last = tables.store.rewriteRows(
                next,
                List.of(tables.store
                        .locate(next, "id", List.of("k1"))
                        .getFirst()
                        .address()),
                List.of());
        assertThat(tables.ids(last)).containsExactly("k0", "k2", "k3", "k9");
        assertThat(tables.store.filesOf(last)).allMatch(keys()::contains);
    }

    protected Pin filled(int rows) {
        Pin empty = tables.store.create("t", Tables.SCHEMA);
        List<Row> all = IntStream.range(0, rows)
                .mapToObj(i -> new Row("k" + i, (long) i))
                .toList();
        return tables.store.append(empty, List.of(tables.stage(empty, all)));
    }

    protected Pin fragmented(int fragments) {
        Pin pin = tables.store.create("t", Tables.SCHEMA);
        for (int i = 0; i < fragments; i++) {
            pin = tables.store.append(pin, List.of(tables.stage(pin, new Row("k" + i, (long) i))));
        }
        return pin;
    }
}
