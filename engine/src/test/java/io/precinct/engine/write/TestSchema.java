package io.precinct.engine.write;

import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.schema.Constraint;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Operand;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A schema with every kind of constraint and every type of value. */
final class TestSchema {
    static final Property SLUG = property(11, "slug", PropertyType.of(Scalar.STRING));
    static final Property NAME = property(12, "name", PropertyType.of(Scalar.STRING));
    static final Property AGE = property(13, "age", optional(Scalar.I32));
    static final Property EMAIL = property(14, "email", optional(Scalar.STRING));
    static final Property ROLE = property(
            15, "role", new PropertyType(Scalar.STRING, 0, Optional.of(List.of("guest", "owner")), false, true));
    static final Property CODE = property(16, "code", optional(Scalar.STRING));
    static final Property SECRET = property(17, "secret", optional(Scalar.STRING));

    static final EntityType.Node PERSON = new EntityType.Node(
            new TypeId(1),
            "Person",
            List.of(),
            List.of(SLUG, NAME, AGE, EMAIL, ROLE, CODE, SECRET),
            List.of(
                    new Constraint.Key(List.of(SLUG.id())),
                    new Constraint.Unique(List.of(EMAIL.id()), false, false),
                    new Constraint.Range(AGE.id(), Optional.of(BigDecimal.ZERO), Optional.of(BigDecimal.valueOf(150))),
                    new Constraint.Check(CODE.id(), "^H-[0-9]+$")),
            Map.of());

    static final Property TEXT = property(21, "text", PropertyType.of(Scalar.STRING));
    static final EntityType.Node NOTE =
            new EntityType.Node(new TypeId(2), "Note", List.of(), List.of(TEXT), List.of(), Map.of());

    static final Property NUMBER = property(31, "number", PropertyType.of(Scalar.I32));
    static final Property ZONE = property(32, "zone", PropertyType.of(Scalar.STRING));
    static final EntityType.Node PORT = new EntityType.Node(
            new TypeId(3),
            "Port",
            List.of(),
            List.of(NUMBER, ZONE),
            List.of(new Constraint.Key(List.of(NUMBER.id(), ZONE.id()))),
            Map.of());

    static final List<Property> SAMPLES = List.of(
            property(41, "bool", optional(Scalar.BOOL)),
            property(42, "i64", optional(Scalar.I64)),
            property(43, "u32", optional(Scalar.U32)),
            property(44, "u64", optional(Scalar.U64)),
            property(45, "f32", optional(Scalar.F32)),
            property(46, "f64", optional(Scalar.F64)),
            property(47, "date", optional(Scalar.DATE)),
            property(48, "time", optional(Scalar.DATE_TIME)),
            property(49, "blob", optional(Scalar.BLOB)),
            property(50, "vector", new PropertyType(Scalar.VECTOR, 3, Optional.empty(), false, true)),
            property(51, "tags", new PropertyType(Scalar.STRING, 0, Optional.empty(), true, true)),
            property(52, "counts", new PropertyType(Scalar.I32, 0, Optional.empty(), true, true)),
            property(53, "i32", optional(Scalar.I32)));
    static final EntityType.Node SAMPLE =
            new EntityType.Node(new TypeId(4), "Sample", List.of(), SAMPLES, List.of(), Map.of());

    static final Property SINCE = property(61, "since", optional(Scalar.DATE));
    static final EntityType.Edge KNOWS = new EntityType.Edge(
            new TypeId(5),
            "Knows",
            PERSON.id(),
            PERSON.id(),
            0,
            Optional.empty(),
            List.of(SINCE),
            List.of(new Constraint.Unique(List.of(SINCE.id()), true, true)),
            Map.of());
    static final EntityType.Edge OWNS = new EntityType.Edge(
            new TypeId(6), "Owns", PERSON.id(), NOTE.id(), 1, Optional.of(2L), List.of(), List.of(), Map.of());
    static final EntityType.Edge LIKES = new EntityType.Edge(
            new TypeId(7), "Likes", PERSON.id(), NOTE.id(), 0, Optional.empty(), List.of(), List.of(), Map.of());

    static final Schema SCHEMA =
            new Schema("", "sha256:test", List.of(PERSON, NOTE, PORT, SAMPLE), List.of(KNOWS, OWNS, LIKES), 100);

    private TestSchema() {}

    private static Property property(int id, String name, PropertyType type) {
        return new Property(new PropertyId(id), name, type, Map.of());
    }

    private static PropertyType optional(Scalar scalar) {
        return PropertyType.of(scalar).asNullable();
    }

    /** Binds the few forms of rules that the tests of this package use. */
    static Predicate bind(EntityType type, Condition rule) {
        return switch (rule) {
            case Condition.Constant constant -> new Predicate.Constant(constant.value());
            case Condition.Field field -> {
                Property property = type.property(field.property()).orElseThrow();
                Expression.Constant operand = switch (field.operand()) {
                    case Operand.Text text -> new Expression.Constant(text.value(), PropertyType.of(Scalar.STRING));
                    case Operand.Whole whole -> new Expression.Constant(whole.value(), PropertyType.of(Scalar.I64));
                    case Operand.Real real -> new Expression.Constant(real.value(), PropertyType.of(Scalar.F64));
                    case Operand.Truth truth -> new Expression.Constant(truth.value(), PropertyType.of(Scalar.BOOL));
                    case Operand.Items items -> throw new IllegalArgumentException("not here: " + items);
                };
                yield new Predicate.Compare(
                        new Expression.PropertyOf("row", type, property),
                        Predicate.Operator.valueOf(field.comparison().name()),
                        operand);
            }
            case Condition.All all ->
                new Predicate.All(all.parts().stream().map(p -> bind(type, p)).toList());
            case Condition.Any any ->
                new Predicate.Any(any.parts().stream().map(p -> bind(type, p)).toList());
            case Condition.Not not -> new Predicate.Not(bind(type, not.part()));
        };
    }
}
