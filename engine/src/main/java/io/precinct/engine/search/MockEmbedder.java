package io.precinct.engine.search;

import io.precinct.engine.spi.Embedder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Vectors that depend on the text alone and mean nothing, for tests and trials: FNV-1a of the UTF-8 text seeds a 64-bit
 * xorshift generator (13, 7, 17), each of its numbers becomes one component of [-1, 1] in 32-bit arithmetic, and the
 * whole is scaled to length one.
 */
public final class MockEmbedder implements Embedder {
    public static final String MODEL = "mock";

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final double MOST = 0x1p64;

    private final String model;

    public MockEmbedder() {
        this(MODEL);
    }

    public MockEmbedder(String model) {
        this.model = model;
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public List<float[]> embed(List<String> texts, int dimension) {
        return texts.stream().map(text -> vector(text, dimension)).toList();
    }

    private static float[] vector(String text, int dimension) {
        long state = FNV_OFFSET;
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            state = (state ^ (one & 0xFF)) * FNV_PRIME;
        }
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            float ratio = (float) (unsigned(state) / MOST);
            vector[i] = ratio * 2 - 1;
        }
        return Lengths.toOne(vector);
    }

    /** The nearest double of an unsigned number; the bit that a shift drops must still round. */
    private static double unsigned(long value) {
        return value >= 0 ? (double) value : (double) ((value >>> 1) | (value & 1)) * 2;
    }
}
