package io.precinct.engine.view;

import java.util.Arrays;

/** A small set of row numbers, hashed: an overlay hides few rows and every edge walked asks for one. Immutable. */
final class RowSet {
    static final RowSet NONE = new RowSet(new int[0]);
    private static final int FREE = -1;

    private final int[] slots;
    private final int mask;

    RowSet(int[] rows) {
        if (rows.length == 0) {
            this.slots = new int[0];
            this.mask = 0;
            return;
        }
        this.slots = new int[Integer.highestOneBit(rows.length) << 2];
        this.mask = slots.length - 1;
        Arrays.fill(slots, FREE);
        for (int row : rows) {
            int at = spread(row) & mask;
            while (slots[at] != FREE && slots[at] != row) {
                at = (at + 1) & mask;
            }
            slots[at] = row;
        }
    }

    boolean contains(int row) {
        if (slots.length == 0) {
            return false;
        }
        int at = spread(row) & mask;
        while (slots[at] != FREE) {
            if (slots[at] == row) {
                return true;
            }
            at = (at + 1) & mask;
        }
        return false;
    }

    boolean isEmpty() {
        return slots.length == 0;
    }

    private static int spread(int row) {
        int mixed = row * 0x9E3779B9;
        return mixed ^ (mixed >>> 16);
    }
}
