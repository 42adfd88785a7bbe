package io.precinct.engine.manifest;

import io.precinct.engine.schema.TypeId;
import java.nio.charset.StandardCharsets;

/**
 * Gives each entity a 64-bit number: a hash of its type and id keyed by the graph's seed, so that every branch and
 * process gives the same number without coordination. Two ids of one type with the same number are refused at commit.
 * SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012) with the seed and the type as its key,
 * so that nobody who doesn't know the seed can aim for a collision.
 */
public record EntityNumbers(long seed) {
    /** The number of the entity {@code id} of {@code type}. */
    public long number(TypeId type, String id) {
        return hash(seed, 0x9E3779B97F4A7C15L * type.value(), id.getBytes(StandardCharsets.UTF_8));
    }

    static long hash(long k0, long k1, byte[] data) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        int blocks = data.length / 8;
        for (int block = 0; block <= blocks; block++) {
            long m = block == blocks ? (long) data.length << 56 : 0;
            int from = block * 8;
            int count = Math.min(8, data.length - from);
            for (int i = 0; i < count; i++) {
                m |= (data[from + i] & 0xFFL) << (8 * i);
            }
            v3 ^= m;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        v2 ^= 0xFF;
        for (int round = 0; round < 4; round++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
