package io.precinct.engine.exec;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/** The first of many in an order, without sorting what is cut off. */
final class Top {
    private Top() {}

    /**
     * Positions {@code 0..count-1} in order, at most {@code limit} of them. Equal ones come by position.
     *
     * @param order of positions; asked about {@code count} times when the limit is small
     */
    static int[] of(int count, long limit, Comparator<Integer> order) {
        Comparator<Integer> total = order.thenComparing(Comparator.naturalOrder());
        if (limit >= count / 4) {
            Integer[] all = new Integer[count];
            Arrays.setAll(all, i -> i);
            Arrays.sort(all, total);
            return Arrays.stream(all).limit(limit).mapToInt(Integer::intValue).toArray();
        }
        if (limit == 0) {
            return new int[0];
        }
        PriorityQueue<Integer> best = new PriorityQueue<>((int) limit, total.reversed());
        for (int i = 0; i < count; i++) {
            if (best.size() < limit) {
                best.add(i);
            } else if (total.compare(i, best.peek()) < 0) {
                best.poll();
                best.add(i);
            }
        }
        int[] first = new int[best.size()];
        for (int i = first.length - 1; i >= 0; i--) {
            first[i] = best.poll();
        }
        return first;
    }
}
