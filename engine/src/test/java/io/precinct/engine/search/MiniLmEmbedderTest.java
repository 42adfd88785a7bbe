package io.precinct.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.precinct.engine.EngineException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MiniLmEmbedderTest {
    private final MiniLmEmbedder embedder = new MiniLmEmbedder();

    @Test
    void textsThatMeanTheSameAreNearer() {
        List<float[]> vectors = embedder.embed(
                List.of("a whale swims in the ocean", "big mammals live in the sea", "the tax form is due on Monday"),
                MiniLmEmbedder.DIMENSION);
        assertThat(vectors).hasSize(3).allSatisfy(vector -> {
            assertThat(vector).hasSize(384);
            assertThat(product(vector, vector)).isCloseTo(1, within(1e-4));
        });
        assertThat(product(vectors.get(0), vectors.get(1)))
                .isGreaterThan(product(vectors.get(0), vectors.get(2)) + 0.2);
    }

    @Test
    void anotherDimensionIsRefusedBeforeTheModelIsAsked() {
        assertThatThrownBy(() -> embedder.embed(List.of("x"), 8))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure().code()).isEqualTo("embedding_refused"));
    }

    private static double product(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }
}
