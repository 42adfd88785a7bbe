package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.precinct.engine.storage.TableStore.Located;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;

/** Finds rows whose text is one of a set, comparing bytes, so that rows that don't match cost no string. */
final class KeySearch {
    private record Key(byte[] bytes, String text) {}

    private final Map<Integer, List<Key>> keys = new HashMap<>();
    private byte[] scratch = new byte[64];

    KeySearch(Collection<String> values) {
        for (String value : values) {
            if (!Filters.isStorable(value)) {
                // No row has it, and its bytes would be those of a question mark, which a row may have.
                continue;
            }
            byte[] bytes = value.getBytes(UTF_8);
            List<Key> same = keys.computeIfAbsent(hash(bytes, bytes.length), h -> new ArrayList<>(1));
            if (same.stream().noneMatch(k -> Arrays.equals(k.bytes(), bytes))) {
                same.add(new Key(bytes, value));
            }
        }
    }

    /** Adds the rows of one batch that match. */
    void collect(VarCharVector column, UInt8Vector addresses, int rows, List<Located> found) {
        ArrowBuf data = column.getDataBuffer();
        for (int row = 0; row < rows; row++) {
            if (column.isNull(row)) {
                continue;
            }
            int start = column.getStartOffset(row);
            int length = column.getEndOffset(row) - start;
            if (scratch.length < length) {
                scratch = new byte[Math.max(length, 2 * scratch.length)];
            }
            data.getBytes(start, scratch, 0, length);
            List<Key> same = keys.get(hash(scratch, length));
            if (same == null) {
                continue;
            }
            for (Key key : same) {
                if (Arrays.equals(key.bytes(), 0, key.bytes().length, scratch, 0, length)) {
                    found.add(new Located(key.text(), addresses.get(row)));
                }
            }
        }
    }

    private static int hash(byte[] bytes, int length) {
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }
}
