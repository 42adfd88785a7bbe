package io.precinct.engine.query;

/**
 * What a read ranks its rows by, or shows as a score (F64). Ranked are the entities that the whole pattern and the row
 * rules admit; a limit cuts afterwards.
 */
public sealed interface Rank {
    /** The node variable whose entities are ranked; of a fusion that of its first arm. */
    String variable();

    /** A rank that stands alone or is an arm of a fusion. */
    sealed interface Arm extends Rank {
        Expression.PropertyOf property();

        /** A constant or a parameter. */
        Expression query();

        @Override
        default String variable() {
            return property().variable();
        }
    }

    /**
     * Ascending Euclidean distance of a vector property; entities without a vector are left out. The score is the
     * distance, null without a vector.
     *
     * @param query a vector of the property's dimension, a list of as many numbers, or a text, which is embedded before
     *     execution; null ranks nothing
     */
    record Nearest(Expression.PropertyOf property, Expression query) implements Arm {}

    /**
     * Descending BM25 over the texts that the caller sees; entities that hold no token of the query are left out. The
     * score is 0 for those.
     *
     * @param query a text; null ranks nothing
     */
    record Bm25(Expression.PropertyOf property, Expression query) implements Arm {}

    /**
     * Reciprocal rank fusion: the entities of either arm by descending sum of {@code 1 / (k + r + 1)}, r being the
     * entity's rank in an arm from 0; then by the first arm's order, then by the second's.
     *
     * @param k a positive integer, constant or parameter
     */
    record Rrf(Arm first, Arm second, Expression k) implements Rank {
        public static final long DEFAULT_K = 60;

        @Override
        public String variable() {
            return first.variable();
        }
    }
}
