package io.precinct.engine.query;

import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;

/** The static relation between types. */
final class Types {
    private Types() {}

    /** Same shape, and the same scalar or both numbers; neither nullability nor enum values count. */
    static boolean compatible(PropertyType one, PropertyType other) {
        return one.list() == other.list()
                && ((one.scalar() == other.scalar()
                                && (one.scalar() != Scalar.VECTOR || one.dimension() == other.dimension()))
                        || (one.scalar().numeric() && other.scalar().numeric()));
    }

    static PropertyType listOf(Scalar scalar) {
        return new PropertyType(scalar, 0, java.util.Optional.empty(), true, false);
    }

    static boolean whole(Scalar scalar) {
        return switch (scalar) {
            case I32, I64, U32, U64 -> true;
            case STRING, BOOL, F32, F64, DATE, DATE_TIME, BLOB, VECTOR -> false;
        };
    }

    static boolean real(Scalar scalar) {
        return scalar == Scalar.F32 || scalar == Scalar.F64;
    }
}
