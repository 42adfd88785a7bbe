package io.precinct.engine.reference;

import java.util.List;
import java.util.Random;

/** Choices of one seed. */
final class Draw {
    private final Random random;

    Draw(long seed) {
        // Neighbouring seeds must not begin alike.
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    boolean percent(int share) {
        return random.nextInt(100) < share;
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
