package io.precinct.engine.view;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.storage.Pin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * An overlay laid over a pin: base rows it hides, rows it appends (from row {@code base} on), and how to find them.
 * On the heap; overlays are bounded. Immutable; shared by every snapshot with the same pin and overlay.
 */
final class OverlayRows {
    private final Pin pin;
    private final int base;
    private final EntityRow[] appended;
    private final RowSet hidden;
    private final Index byNumber;
    private final Index bySource;
    private final Index byDestination;

    private OverlayRows(Pin pin, EntityRow[] appended, RowSet hidden) {
        this.pin = pin;
        this.base = Math.toIntExact(pin.rows());
        this.appended = appended;
        this.hidden = hidden;
        this.byNumber = Index.of(appended, EntityRow::number);
        boolean edges = appended.length > 0 && appended[0].ends().isPresent();
        EntityRow[] ends = edges ? appended : new EntityRow[0];
        this.bySource = Index.of(ends, row -> row.ends().orElseThrow().sourceNumber());
        this.byDestination = Index.of(ends, row -> row.ends().orElseThrow().destinationNumber());
    }

    /** @param baseRowOf row of the pin by id, or -1 */
    static OverlayRows of(Pin pin, Overlay overlay, java.util.function.ToIntFunction<String> baseRowOf) {
        List<EntityRow> appended = new ArrayList<>();
        IntStream.Builder hidden = IntStream.builder();
        overlay.entries().forEach((id, entry) -> {
            entry.row().ifPresent(appended::add);
            if (entry.inBase()) {
                int row = baseRowOf.applyAsInt(id);
                if (row < 0) {
                    throw new IllegalStateException("the overlay says that " + id + " is in the pin");
                }
                hidden.add(row);
            }
        });
        return new OverlayRows(
                pin,
                appended.toArray(new EntityRow[0]),
                new RowSet(hidden.build().toArray()));
    }

    Pin pin() {
        return pin;
    }

    int base() {
        return base;
    }

    int rows() {
        return Math.addExact(base, appended.length);
    }

    EntityRow row(int row) {
        return appended[row - base];
    }

    RowSet hidden() {
        return hidden;
    }

    boolean appendsAny() {
        return appended.length > 0;
    }

    /** The appended row with this number, or -1. */
    int rowOfNumber(long number) {
        int at = byNumber.first(number);
        return at < 0 ? -1 : base + byNumber.positions[at];
    }

    Index bySource() {
        return bySource;
    }

    Index byDestination() {
        return byDestination;
    }

    /** Appended rows by a number, which several may share. */
    static final class Index {
        private final long[] keys;
        private final int[] positions;

        private Index(long[] keys, int[] positions) {
            this.keys = keys;
            this.positions = positions;
        }

        static Index of(EntityRow[] rows, ToLongFunction<EntityRow> key) {
            int[] positions = IntStream.range(0, rows.length)
                    .boxed()
                    .sorted(Comparator.comparingLong(i -> key.applyAsLong(rows[i])))
                    .mapToInt(Integer::intValue)
                    .toArray();
            return new Index(
                    Arrays.stream(positions)
                            .mapToLong(i -> key.applyAsLong(rows[i]))
                            .toArray(),
                    positions);
        }

        /** Where the entries of the key begin, or -1. */
        int first(long key) {
            int at = keys.length == 0 ? -1 : Arrays.binarySearch(keys, key);
            while (at > 0 && keys[at - 1] == key) {
                at--;
            }
            return Math.max(at, -1);
        }

        void each(long key, int base, RowSink sink) {
            int at = first(key);
            while (at >= 0 && at < keys.length && keys[at] == key) {
                sink.row(base + positions[at++]);
            }
        }

        int count(long key) {
            int first = first(key);
            int at = first;
            while (at >= 0 && at < keys.length && keys[at] == key) {
                at++;
            }
            return at - first;
        }
    }

    @FunctionalInterface
    interface RowSink {
        void row(int row);
    }
}
