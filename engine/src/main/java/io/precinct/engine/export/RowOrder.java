package io.precinct.engine.export;

import io.precinct.engine.view.TypeView;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** Row numbers ordered by id in UTF-8 order: a merge sort on four-character prefixes, ids read only where those meet. */
final class RowOrder {
    private RowOrder() {}

    /** The live rows that are wanted. */
    static int[] byId(TypeView rows, IntPredicate wanted) {
        int[] order = new int[Math.toIntExact(rows.count())];
        long[] prefixes = new long[order.length];
        int count = 0;
        for (int row = 0; row < rows.rows(); row++) {
            if (rows.live(row) && wanted.test(row)) {
                order[count] = row;
                prefixes[count++] = prefix(rows.id(row));
            }
        }
        int[] places = new int[count];
        Arrays.setAll(places, i -> i);
        int[] scratch = places.clone();
        sort(new Keys(rows, order, prefixes), scratch, places, 0, count);
        int[] sorted = new int[count];
        for (int i = 0; i < count; i++) {
            sorted[i] = order[places[i]];
        }
        return sorted;
    }

    private record Keys(TypeView rows, int[] order, long[] prefixes) {
        boolean ascending(int left, int right) {
            int first = Long.compareUnsigned(prefixes[left], prefixes[right]);
            return first != 0 ? first < 0 : compare(rows.id(order[left]), rows.id(order[right])) <= 0;
        }
    }

    private static void sort(Keys keys, int[] from, int[] into, int low, int high) {
        if (high - low < 2) {
            return;
        }
        int middle = (low + high) >>> 1;
        sort(keys, into, from, low, middle);
        sort(keys, into, from, middle, high);
        int left = low;
        int right = middle;
        for (int at = low; at < high; at++) {
            boolean takeLeft = right >= high || left < middle && keys.ascending(from[left], from[right]);
            into[at] = takeLeft ? from[left++] : from[right++];
        }
    }

    private static long prefix(String id) {
        long prefix = 0;
        for (int i = 0; i < 4; i++) {
            prefix = prefix << 16 | (i < id.length() ? weight(id.charAt(i)) : 0);
        }
        return prefix;
    }

    static int compare(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            if (left.charAt(i) != right.charAt(i)) {
                return Integer.compare(weight(left.charAt(i)), weight(right.charAt(i)));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** Moves the surrogates behind the other characters, as their code points are. */
    private static int weight(char unit) {
        return unit < 0xD800 ? unit : unit < 0xE000 ? unit + 0x2000 : unit - 0x800;
    }
}
