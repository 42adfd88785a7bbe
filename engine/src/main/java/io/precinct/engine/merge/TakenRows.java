package io.precinct.engine.merge;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.write.RowChanges;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Of differences, those that the left state takes over; rows are decoded as they are asked for. */
final class TakenRows extends AbstractList<RowChanges.Change> {
    private final Differences apart;
    private final Map<Integer, EntityRow> others = new HashMap<>();
    private int[] places = new int[16];
    private int size;

    TakenRows(Differences apart) {
        this.apart = apart;
    }

    /** All of them. */
    static TakenRows all(Differences apart) {
        TakenRows all = new TakenRows(apart);
        for (int at = 0; at < apart.count(); at++) {
            all.take(at);
        }
        return all;
    }

    /** The row as the right state has it. */
    void take(int at) {
        if (size == places.length) {
            places = Arrays.copyOf(places, 2 * size);
        }
        places[size++] = at;
    }

    /** Another row than either state has. */
    void set(int at, EntityRow row) {
        others.put(at, row);
        take(at);
    }

    @Override
    public RowChanges.Change get(int index) {
        int at = places[Objects.checkIndex(index, size)];
        EntityRow other = others.get(at);
        return new RowChanges.Change(
                apart.id(at), apart.left(at), other == null ? apart.right(at) : Optional.of(other));
    }

    @Override
    public int size() {
        return size;
    }
}
