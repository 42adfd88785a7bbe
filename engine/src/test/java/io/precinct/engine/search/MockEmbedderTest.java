package io.precinct.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MockEmbedderTest {
    private final MockEmbedder embedder = new MockEmbedder();

    /** Computed by another implementation of the same rule. */
    @Test
    void vectorsAreTheGoldenOnesBitByBit() {
        assertThat(bits("alpha", 4)).containsExactly(0xbf0ac3b6, 0xbef18fb2, 0x3e24c44d, 0x3f2d3151);
        assertThat(bits("", 3)).containsExactly(0xbeec8d0d, 0xbf50ca28, 0xbeb25e34);
        assertThat(bits("größe 🐋", 5)).containsExactly(0xbf199632, 0x3dad69fe, 0x3e260ee9, 0xbf0fdb2a, 0x3f0a0e18);
        assertThat(bits("deep sea", 2)).containsExactly(0x3dcc9e2f, 0xbf7eb816);
    }

    @Test
    void namesTheModelItIsTold() {
        assertThat(embedder.model()).isEqualTo("mock");
        assertThat(new MockEmbedder("mock/one").model()).isEqualTo("mock/one");
    }

    private int[] bits(String text, int dimension) {
        float[] vector = embedder.embed(List.of(text), dimension).getFirst();
        int[] bits = new int[dimension];
        for (int i = 0; i < dimension; i++) {
            bits[i] = Float.floatToRawIntBits(vector[i]);
        }
        return bits;
    }
}
