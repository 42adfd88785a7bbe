package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * The bytes of one version's manifest. The library aborts the process on some manifests whose bits were flipped, so it
 * is only ever given bytes that {@link #requireRecordedIn} has found to be the recorded ones.
 */
final class ManifestFile {
    /** Position of the message, two version numbers, and the four letters. */
    private static final int FOOTER = 16;

    private static final byte[] LETTERS = "LANC".getBytes(US_ASCII);

    /** Member 12 of a manifest, a text. */
    private static final long TRANSACTION_FILE = 12 << 3 | 2;

    private final String name;
    private final byte[] bytes;

    /** @param bytes not copied, never changed */
    ManifestFile(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    static String name(String dataset, long version) {
        return dataset + "/_versions/" + DatasetFiles.manifestName(version);
    }

    long size() {
        return bytes.length;
    }

    String digest() {
        return DatasetFiles.digest(bytes);
    }

    /** @throws EngineException {@code Corrupt} naming this file, what is recorded and what is there */
    void requireRecordedIn(Pin pin) {
        if (size() != pin.manifestBytes()) {
            throw wrongSize(name, pin.manifestBytes(), size());
        }
        String digest = digest();
        if (!digest.equals(pin.manifestDigest())) {
            throw damaged(
                    name, "its digest is " + digest + ", and " + pin.manifestDigest() + " is what the commit recorded");
        }
    }

    /**
     * The message alone, as the library takes it, in memory of its own.
     *
     * @throws EngineException {@code Corrupt} when the file is not built as manifests are
     */
    ByteBuffer message() {
        int footer = bytes.length - FOOTER;
        if (footer < 0
                || !Arrays.equals(bytes, bytes.length - LETTERS.length, bytes.length, LETTERS, 0, LETTERS.length)) {
            throw damaged(name, "it does not end as a manifest does");
        }
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long start = file.getLong(footer);
        if (start < 0 || start > footer - Integer.BYTES) {
            throw damaged(name, "its message begins at " + start + ", outside of its " + footer + " bytes");
        }
        int length = file.getInt((int) start);
        int first = (int) start + Integer.BYTES;
        if (length < 0 || length > footer - first) {
            throw damaged(name, "its message has " + length + " bytes where there are " + (footer - first));
        }
        return ByteBuffer.allocateDirect(length).put(bytes, first, length).flip();
    }

    /**
     * The name of the file that tells how the version was made; empty when it names none.
     *
     * @throws EngineException {@code Corrupt} when the message is not built as manifests are
     */
    Optional<String> transaction() {
        ByteBuffer message = message();
        try {
            while (message.hasRemaining()) {
                long tag = number(message);
                int length;
                switch ((int) (tag & 7)) {
                    case 0 -> {
                        number(message);
                        continue;
                    }
                    case 1 -> length = Long.BYTES;
                    case 2 -> length = Math.toIntExact(number(message));
                    case 5 -> length = Integer.BYTES;
                    default -> throw damaged(name, "its message holds a member of no known form");
                }
                if (tag == TRANSACTION_FILE) {
                    byte[] text = new byte[length];
                    message.get(text);
                    return Optional.of(new String(text, UTF_8));
                }
                message.position(Math.addExact(message.position(), length));
            }
            return Optional.empty();
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException cut) {
            throw new EngineException(new EngineFailure.Corrupt(name, "its message is cut"), cut);
        }
    }

    /** A whole number in seven bits a byte, least significant first, as protocol buffers have them. */
    private static long number(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = message.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than ten bytes");
    }

    static EngineException wrongSize(String file, long recorded, long found) {
        return damaged(file, "it has " + found + " bytes, and " + recorded + " are recorded");
    }

    static EngineException missing(String file) {
        return damaged(file, "it is missing");
    }

    private static EngineException damaged(String file, String detail) {
        return new EngineException(new EngineFailure.Corrupt(file, detail));
    }
}
