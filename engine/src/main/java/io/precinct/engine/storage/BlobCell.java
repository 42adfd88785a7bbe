package io.precinct.engine.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a row holds of a Blob: a kind in the first byte, and behind it the content itself when it is small (0), the SHA-256
 * and the length of a content that is an object of its own (1; 32 bytes, 8 bytes big-endian), or the address of one that
 * somebody else keeps (2; UTF-8). Equal contents have equal cells.
 */
public sealed interface BlobCell {
    /** Beyond this a content is an object of its own: rows are held in memory whole, contents are not. */
    int MOST_INLINE = 4_096;

    byte[] bytes();

    record Inline(byte[] content) implements BlobCell {
        @Override
        public byte[] bytes() {
            byte[] cell = new byte[1 + content.length];
            System.arraycopy(content, 0, cell, 1, content.length);
            return cell;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Inline inline && Arrays.equals(inline.content, content);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(content);
        }
    }

    /** @param digest SHA-256 of the content, 64 hexadecimal digits */
    record Stored(String digest, long length) implements BlobCell {
        @Override
        public byte[] bytes() {
            return ByteBuffer.allocate(41)
                    .put((byte) 1)
                    .put(HexFormat.of().parseHex(digest))
                    .putLong(length)
                    .array();
        }
    }

    record External(String address) implements BlobCell {
        @Override
        public byte[] bytes() {
            byte[] text = address.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(1 + text.length).put((byte) 2).put(text).array();
        }
    }

    /** @throws IllegalArgumentException for bytes that are no cell */
    static BlobCell of(byte[] bytes) {
        int kind = bytes.length == 0 ? -1 : bytes[0];
        return switch (kind) {
            case 0 -> new Inline(Arrays.copyOfRange(bytes, 1, bytes.length));
            case 1 -> {
                if (bytes.length != 41) {
                    throw new IllegalArgumentException(
                            "the descriptor of a stored Blob has 41 bytes, not " + bytes.length);
                }
                yield new Stored(
                        HexFormat.of().formatHex(bytes, 1, 33),
                        ByteBuffer.wrap(bytes).getLong(33));
            }
            case 2 -> new External(new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8));
            default -> throw new IllegalArgumentException("no Blob begins with " + kind);
        };
    }
}
