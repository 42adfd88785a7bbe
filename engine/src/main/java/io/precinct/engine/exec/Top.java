package io.precinct.engine.exec;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** The first of many in an order, without sorting what is cut off. */
final class Top {
    private final int[] heap;
    private final Order order;
    private final IntConsumer forget;
    private int size;

    /** Compares two positions. */
    @FunctionalInterface
    interface Order {
        int compare(int left, int right);

        /** The position won't be compared any more. */
        default void forget(int position) {}
    }

    private Top(int limit, Order order, IntConsumer forget) {
        this.heap = new int[limit];
        this.order = order;
        this.forget = forget;
    }

    /**
     * Positions {@code 0..count-1} in order, at most {@code limit} of them. Equal ones come by position.
     *
     * @param allowance pays for the positions while they are sorted
     * @param order of positions; asked little more than {@code count} times when the limit is small
     */
    static int[] of(int count, long limit, Allowance allowance, Order order) {
        Order total = (left, right) -> {
            int known = order.compare(left, right);
            return known != 0 ? known : Integer.compare(left, right);
        };
        if (limit == 0) {
            return new int[0];
        }
        if (limit >= count / 4) {
            // Boxed, referred to twice while it is sorted, and once more when it is done.
            allowance.take(count * 28L);
            Integer[] all = new Integer[count];
            Arrays.setAll(all, i -> i);
            Arrays.sort(all, total::compare);
            int[] sorted =
                    Arrays.stream(all).limit(limit).mapToInt(Integer::intValue).toArray();
            allowance.give(count * 28L - sorted.length * (long) Integer.BYTES);
            return sorted;
        }
        Top top = new Top((int) limit, total, order::forget);
        for (int i = 0; i < count; i++) {
            allowance.check(i);
            top.offer(i);
        }
        return top.taken();
    }

    /** The worst of those kept is at the top of the heap. */
    private void offer(int position) {
        if (size < heap.length) {
            heap[size++] = position;
            for (int at = size - 1; at > 0 && order.compare(heap[at], heap[(at - 1) / 2]) > 0; at = (at - 1) / 2) {
                swap(at, (at - 1) / 2);
            }
        } else if (order.compare(position, heap[0]) < 0) {
            forget.accept(heap[0]);
            heap[0] = position;
            sink();
        } else {
            forget.accept(position);
        }
    }

    private void sink() {
        int at = 0;
        while (true) {
            int worst = at;
            for (int child = 2 * at + 1; child <= 2 * at + 2 && child < size; child++) {
                worst = order.compare(heap[child], heap[worst]) > 0 ? child : worst;
            }
            if (worst == at) {
                return;
            }
            swap(at, worst);
            at = worst;
        }
    }

    private void swap(int one, int other) {
        int held = heap[one];
        heap[one] = heap[other];
        heap[other] = held;
    }

    private int[] taken() {
        int[] first = new int[size];
        for (int i = first.length - 1; i >= 0; i--) {
            first[i] = heap[0];
            heap[0] = heap[--size];
            sink();
        }
        return first;
    }
}
