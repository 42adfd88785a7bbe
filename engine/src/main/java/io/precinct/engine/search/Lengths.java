package io.precinct.engine.search;

/** Euclidean lengths of vectors. */
final class Lengths {
    private Lengths() {}

    /** Scales a vector in place to length one; leaves one of (nearly) no length as it is. The sum is in double precision. */
    static float[] toOne(float[] vector) {
        double squares = 0;
        for (float component : vector) {
            squares += (double) component * component;
        }
        float length = (float) Math.sqrt(squares);
        if (length > Math.ulp(1f)) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] /= length;
            }
        }
        return vector;
    }
}
