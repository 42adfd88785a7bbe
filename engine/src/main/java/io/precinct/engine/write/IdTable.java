package io.precinct.engine.write;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A compact set of ids: each is held as its 64-bit entity number and a 64-bit check value, with one long beside it and
 * optionally its text. The number is a keyed hash whose seed a caller doesn't know, so that nobody can aim for two ids
 * that meet in all 128 bits. Costs 32 to 40 bytes an id, plus its UTF-8 text when texts are kept. Entries are numbered
 * densely in order of insertion. Beyond its first entries, what it takes is taken from a budget; {@code ResourceLimit}
 * when that is used up. Not thread-safe.
 */
final class IdTable {
    static final int ABSENT = -1;
    private static final int FIRST_CAPACITY = 16;

    private final boolean texts;
    private long[] numbers = new long[FIRST_CAPACITY];
    private long[] checks = new long[FIRST_CAPACITY];
    private long[] payloads = new long[FIRST_CAPACITY];
    private int[] slots = new int[FIRST_CAPACITY * 2];
    private long[] textEnds = new long[0];
    private byte[][] arena = new byte[0][];
    private long arenaEnd;
    private int size;
    private final IdBudget budget;
    private long held;

    private static final int CHUNK_BITS = 20;
    private static final int CHUNK = 1 << CHUNK_BITS;
    /** The number, the check, the payload and two slots of an entry. */
    private static final int BYTES_AN_ENTRY = 3 * Long.BYTES + 2 * Integer.BYTES;
    /** Entries are numbered by ints, and there are twice as many slots. */
    private static final int MOST_ENTRIES = 1 << 29;

    IdTable(boolean texts, IdBudget budget) {
        this.texts = texts;
        this.budget = budget;
        if (texts) {
            textEnds = new long[FIRST_CAPACITY];
        }
    }

    /** The second half of an id's digest; needs no key because the number is keyed already. */
    static long check(String id) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    int size() {
        return size;
    }

    /** Bytes taken from the budget. */
    long held() {
        return held;
    }

    private void take(long bytes) {
        budget.take(bytes);
        held += bytes;
    }

    /** The entry of this id, or {@link #ABSENT}. */
    int find(long number, long check) {
        int mask = slots.length - 1;
        for (int slot = slot(number, mask); slots[slot] != 0; slot = (slot + 1) & mask) {
            int entry = slots[slot] - 1;
            if (numbers[entry] == number && checks[entry] == check) {
                return entry;
            }
        }
        return ABSENT;
    }

    /** Some entry with this number, or {@link #ABSENT}. */
    int findNumber(long number) {
        int mask = slots.length - 1;
        for (int slot = slot(number, mask); slots[slot] != 0; slot = (slot + 1) & mask) {
            int entry = slots[slot] - 1;
            if (numbers[entry] == number) {
                return entry;
            }
        }
        return ABSENT;
    }

    /** Adds an id that is not there and returns its entry. */
    int add(long number, long check, String text, long payload) {
        if (size == numbers.length) {
            grow();
        }
        int entry = size++;
        numbers[entry] = number;
        checks[entry] = check;
        payloads[entry] = payload;
        if (texts) {
            append(text.getBytes(StandardCharsets.UTF_8));
            textEnds[entry] = arenaEnd;
        }
        link(entry);
        return entry;
    }

    long number(int entry) {
        return numbers[entry];
    }

    long check(int entry) {
        return checks[entry];
    }

    long payload(int entry) {
        return payloads[entry];
    }

    void payload(int entry, long payload) {
        payloads[entry] = payload;
    }

    String text(int entry) {
        long start = entry == 0 ? 0 : textEnds[entry - 1];
        int length = Math.toIntExact(textEnds[entry] - start);
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            long at = start + done;
            int offset = (int) (at & (CHUNK - 1));
            int part = Math.min(length - done, CHUNK - offset);
            System.arraycopy(arena[(int) (at >>> CHUNK_BITS)], offset, bytes, done, part);
            done += part;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void append(byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            int chunk = (int) (arenaEnd >>> CHUNK_BITS);
            if (chunk == arena.length) {
                int first = chunk == 0 && bytes.length < 1024 ? 1024 : CHUNK;
                take(first);
                arena = Arrays.copyOf(arena, chunk + 1);
                arena[chunk] = new byte[first];
            }
            int offset = (int) (arenaEnd & (CHUNK - 1));
            int part = Math.min(bytes.length - done, CHUNK - offset);
            if (offset + part > arena[chunk].length) {
                int larger = Math.min(CHUNK, Math.max(offset + part, arena[chunk].length * 4));
                take(larger - arena[chunk].length);
                arena[chunk] = Arrays.copyOf(arena[chunk], larger);
            }
            System.arraycopy(bytes, done, arena[chunk], offset, part);
            done += part;
            arenaEnd += part;
        }
    }

    private static int slot(long number, int mask) {
        return (int) (number ^ (number >>> 32)) & mask;
    }

    private void link(int entry) {
        int mask = slots.length - 1;
        int slot = slot(numbers[entry], mask);
        while (slots[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = entry + 1;
    }

    private void grow() {
        if (numbers.length == MOST_ENTRIES) {
            throw new EngineException(
                    new EngineFailure.ResourceLimit("ids of one type in one write", MOST_ENTRIES, MOST_ENTRIES + 1L));
        }
        int capacity = numbers.length * 2;
        take((long) numbers.length * (BYTES_AN_ENTRY + (texts ? Long.BYTES : 0)));
        numbers = Arrays.copyOf(numbers, capacity);
        checks = Arrays.copyOf(checks, capacity);
        payloads = Arrays.copyOf(payloads, capacity);
        if (texts) {
            textEnds = Arrays.copyOf(textEnds, capacity);
        }
        slots = new int[capacity * 2];
        for (int entry = 0; entry < size; entry++) {
            link(entry);
        }
    }
}
