package io.precinct.engine.write;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Which of the rows written so far were replaced by a later row with the same id. Rows are counted from 0 as they are
 * written, ids as they were first met, so that without repetition the two counts agree. Costs a bit a row and some 60
 * bytes a repetition. One thread uses it.
 */
final class Superseded {
    private final BitSet gone = new BitSet();
    private final Map<Integer, Integer> moved = new HashMap<>();
    /** Distinct ids met before each repetition, ascending. */
    private int[] distinctBefore = new int[16];

    private int repetitions;

    boolean isEmpty() {
        return repetitions == 0;
    }

    /** A row with the id first met as number {@code entry} is about to be written after {@code distinct} ids. */
    void again(int entry, int distinct) {
        Integer last = moved.get(entry);
        gone.set(last != null ? last : Math.addExact(entry, repetitionsBefore(entry)));
        moved.put(entry, Math.addExact(distinct, repetitions));
        if (repetitions == distinctBefore.length) {
            distinctBefore = Arrays.copyOf(distinctBefore, repetitions * 2);
        }
        distinctBefore[repetitions++] = distinct;
    }

    /** Whether the row written as number {@code row} is not the last one with its id. */
    boolean gone(int row) {
        return gone.get(row);
    }

    private int repetitionsBefore(int entry) {
        int low = 0;
        int high = repetitions;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (distinctBefore[middle] <= entry) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
