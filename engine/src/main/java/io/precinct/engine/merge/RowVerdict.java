package io.precinct.engine.merge;

import io.precinct.engine.MergeConflict;
import io.precinct.engine.manifest.EntityRow;
import java.util.Optional;

/** What becomes of one entity whose source and target images differ. */
sealed interface RowVerdict {
    /** The target's image stands. */
    record Keep() implements RowVerdict {}

    /** The source's image replaces the target's. */
    record Take() implements RowVerdict {}

    record Conflict(MergeConflict.Kind kind) implements RowVerdict {}

    /** The entity in the common ancestor. */
    sealed interface Base {
        record Row(EntityRow row) implements Base {}

        record Absent() implements Base {}

        /** Two ancestors have it differently, and their own ancestor does not settle it. */
        record Disputed() implements Base {}

        static Base of(Optional<EntityRow> row) {
            return row.<Base>map(Row::new).orElseGet(Absent::new);
        }

        default Optional<EntityRow> known() {
            return this instanceof Row present ? Optional.of(present.row()) : Optional.empty();
        }
    }

    /** The truth table. Images are equal when every value and both ends are, typed and exactly; null is a value. */
    static RowVerdict of(Base base, Optional<EntityRow> source, Optional<EntityRow> target) {
        if (source.equals(target)) {
            return new Keep();
        }
        if (!(base instanceof Base.Disputed)) {
            if (base.known().equals(source)) {
                return new Keep();
            }
            if (base.known().equals(target)) {
                return new Take();
            }
        }
        return new Conflict(
                source.isEmpty() || target.isEmpty()
                        ? MergeConflict.Kind.DELETE_VS_UPDATE
                        : base instanceof Base.Absent
                                ? MergeConflict.Kind.DIVERGENT_INSERT
                                : MergeConflict.Kind.DIVERGENT_UPDATE);
    }
}
