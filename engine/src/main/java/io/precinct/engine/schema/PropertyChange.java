package io.precinct.engine.schema;

import java.util.List;
import java.util.Optional;

/** Judges a change of one property's type: what every value survives is a step, anything else is refused. */
final class PropertyChange {
    private PropertyChange() {}

    /** Empty when the type is the same. */
    static Optional<SchemaStep> between(
            TypeKind kind, EntityType owner, Property before, Property after, boolean backfilled) {
        PropertyType from = before.type();
        PropertyType to = after.type();
        if (from.equals(to)) {
            return Optional.empty();
        }
        String entity = owner.key() + "." + after.name();
        boolean enumBefore = from.enumValues().isPresent();
        boolean enumAfter = to.enumValues().isPresent();
        if (from.list() != to.list() || from.dimension() != to.dimension() || enumBefore != enumAfter) {
            return Optional.of(refused(entity, from, to));
        }
        if (enumBefore) {
            List<String> old = from.enumValues().get();
            List<String> added =
                    to.enumValues().get().stream().filter(v -> !old.contains(v)).toList();
            if (!to.enumValues().get().containsAll(old)) {
                return Optional.of(new SchemaStep.UnsupportedChange(
                        entity,
                        "enum values can't be removed or renamed: "
                                + String.join(
                                        ", ",
                                        old.stream()
                                                .filter(v ->
                                                        !to.enumValues().get().contains(v))
                                                .toList()),
                        EvolutionCode.CHANGE_TYPE));
            }
            if (from.nullable() == to.nullable()) {
                return Optional.of(new SchemaStep.ExtendEnum(kind, owner.name(), after.name(), added));
            }
        } else if (from.scalar() != to.scalar()) {
            if (!widens(from.scalar(), to.scalar())) {
                return Optional.of(refused(entity, from, to));
            }
            if (key(owner, after) && to.scalar() == Scalar.F64) {
                return Optional.of(new SchemaStep.UnsupportedChange(
                        entity,
                        "a member of the @key can't become F64: its text, and with it every id, might change",
                        EvolutionCode.WIDEN_KEY));
            }
        }
        Optional<EvolutionCode> code = from.nullable() && !to.nullable()
                ? Optional.of(EvolutionCode.TIGHTEN_NULLABLE)
                : from.scalar() != to.scalar() ? Optional.of(EvolutionCode.WIDEN_TYPE) : Optional.empty();
        return Optional.of(new SchemaStep.ChangePropertyType(
                kind, owner.name(), after.name(), from, to, backfilled && from.nullable(), code));
    }

    /** Whether every value of one is a value of the other, and reads the same. */
    static boolean widens(Scalar from, Scalar to) {
        return switch (from) {
            case I32 -> to == Scalar.I64 || to == Scalar.F64;
            case U32 -> to == Scalar.U64 || to == Scalar.I64 || to == Scalar.F64;
            case F32 -> to == Scalar.F64;
            case STRING, BOOL, I64, U64, F64, DATE, DATE_TIME, BLOB, VECTOR -> false;
        };
    }

    private static boolean key(EntityType owner, Property property) {
        return owner.constraints().stream()
                .anyMatch(c -> c instanceof Constraint.Key key && key.members().contains(property.id()));
    }

    private static SchemaStep refused(String entity, PropertyType from, PropertyType to) {
        return new SchemaStep.UnsupportedChange(
                entity,
                "the type can't change from " + from.display() + " to " + to.display()
                        + "; add a property of the new type and drop this one",
                EvolutionCode.CHANGE_TYPE);
    }
}
