package io.precinct.engine.manifest;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The outer form of every object of the log: magic, format, a header, sections, a CRC32C of each part, and a SHA-256
 * of all before it. The checksum of a part says what is damaged; the digest says that anything is.
 *
 * <pre>
 * magic(7) format(1) | sections: int | headerLength: int headerCrc: int | (length: int crc: int) per section
 * | header | section ... | sha256(32)
 * </pre>
 */
record Envelope(Magic magic, byte[] header, List<byte[]> sections, String digest) {
    enum Magic {
        RECORD("PRCTREC"),
        CHECKPOINT("PRCTCKP");

        private final byte[] bytes;

        Magic(String text) {
            this.bytes = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        }
    }

    private static final byte FORMAT = 1;
    private static final int DIGEST_BYTES = 32;
    private static final int PREFIX_BYTES = 8 + 4 + 8;

    static byte[] encode(Magic magic, byte[] header, List<byte[]> sections) {
        long total = PREFIX_BYTES + 8L * sections.size() + header.length + DIGEST_BYTES;
        for (byte[] section : sections) {
            total += section.length;
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(total));
        out.put(magic.bytes).put(FORMAT).putInt(sections.size());
        out.putInt(header.length).putInt(crc(header, 0, header.length));
        for (byte[] section : sections) {
            out.putInt(section.length).putInt(crc(section, 0, section.length));
        }
        out.put(header);
        sections.forEach(out::put);
        out.put(sha256(out.array(), out.position()));
        return out.array();
    }

    /** @throws EngineException {@code Corrupt} naming {@code key} and the damaged part */
    static Envelope decode(Magic magic, String key, byte[] bytes) {
        if (bytes.length < PREFIX_BYTES + DIGEST_BYTES) {
            throw corrupt(key, "it has only " + bytes.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte[] found = new byte[magic.bytes.length];
        in.get(found);
        if (!Arrays.equals(found, magic.bytes)) {
            throw corrupt(key, "it does not begin like a " + magic);
        }
        byte format = in.get();
        if (format != FORMAT) {
            throw corrupt(key, "its format " + format + " is not known; a newer release may have written it");
        }
        int count = in.getInt();
        int headerLength = in.getInt();
        int headerCrc = in.getInt();
        int body = bytes.length - DIGEST_BYTES;
        if (count < 0 || headerLength < 0 || PREFIX_BYTES + 8L * count + headerLength > body) {
            throw corrupt(key, "its table of parts is damaged");
        }
        int[] lengths = new int[count];
        int[] checksums = new int[count];
        long end = PREFIX_BYTES + 8L * count + headerLength;
        for (int i = 0; i < count; i++) {
            lengths[i] = in.getInt();
            checksums[i] = in.getInt();
            end += lengths[i];
            if (lengths[i] < 0) {
                throw corrupt(key, "its table of parts is damaged");
            }
        }
        if (end != body) {
            throw corrupt(key, "it has " + body + " bytes of parts and not " + end);
        }
        byte[] header = part(in, headerLength, headerCrc, key, "header");
        List<byte[]> sections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sections.add(part(in, lengths[i], checksums[i], key, "section " + i));
        }
        byte[] expected = Arrays.copyOfRange(bytes, body, bytes.length);
        if (!Arrays.equals(expected, sha256(bytes, body))) {
            throw corrupt(key, "its digest does not match");
        }
        return new Envelope(magic, header, sections, HexFormat.of().formatHex(expected));
    }

    /** The digest that {@link #encode} wrote at the end of {@code encoded}. */
    static String digest(byte[] encoded) {
        return HexFormat.of().formatHex(encoded, encoded.length - DIGEST_BYTES, encoded.length);
    }

    static EngineException corrupt(String key, String detail) {
        return new EngineException(new EngineFailure.Corrupt(key, detail));
    }

    static String sha256Hex(byte[] bytes) {
        return HexFormat.of().formatHex(sha256(bytes, bytes.length));
    }

    private static byte[] part(ByteBuffer in, int length, int checksum, String key, String name) {
        int from = in.position();
        if (crc(in.array(), from, length) != checksum) {
            throw corrupt(key, "the checksum of its " + name + " does not match");
        }
        in.position(from + length);
        return Arrays.copyOfRange(in.array(), from, from + length);
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private static byte[] sha256(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
