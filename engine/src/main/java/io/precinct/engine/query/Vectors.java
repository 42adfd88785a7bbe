package io.precinct.engine.query;

import java.util.List;
import java.util.Optional;

/** Vectors of finite 32-bit numbers. */
public final class Vectors {
    private Vectors() {}

    /** The numbers as a vector; empty when one of them is beyond F32. */
    public static Optional<float[]> of(List<?> numbers) {
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = ((Number) numbers.get(i)).floatValue();
            if (!Float.isFinite(vector[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(vector);
    }
}
