package io.precinct.engine.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.precinct.engine.schema.Declarations.Annotation;
import io.precinct.engine.schema.Declarations.Argument;
import io.precinct.engine.schema.Declarations.Field;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** Reads {@code @backfill(value)}: what existing entities get where a property becomes required. */
final class Backfill {
    private Backfill() {}

    static void check(Field field, String place, Annotations.Errors errors) {
        List<Annotation> written =
                field.annotations().stream().filter(a -> a.is("backfill")).toList();
        for (int i = 0; i < written.size(); i++) {
            Diagnostic.Span span = written.get(i).name().span();
            if (i > 0) {
                errors.add(SchemaCode.BACKFILL, place + ": @backfill is written twice", span);
            } else if (written.get(i).arguments().size() != 1) {
                errors.add(SchemaCode.BACKFILL, place + ": @backfill takes one value, as in @backfill(0)", span);
            } else if (field.type().nullable()) {
                errors.add(
                        SchemaCode.BACKFILL,
                        place
                                + ": @backfill is for a required property; a nullable one is null where nothing was written",
                        span);
            } else if (value(field).isEmpty()) {
                errors.add(
                        SchemaCode.BACKFILL,
                        place + ": @backfill gives no value of " + field.type().display(),
                        span);
            }
        }
    }

    /** In the Java form of the property's scalar; empty without the annotation or when the value doesn't fit. */
    static Optional<Object> value(Field field) {
        PropertyType type = field.type();
        return Annotations.backfill(field).filter(text -> !type.list()).flatMap(text -> read(text, type));
    }

    private static Optional<Object> read(Argument.Positional text, PropertyType type) {
        return switch (type.scalar()) {
            case STRING ->
                type.enumValues().isPresent() || text.quoted()
                        ? typed(new TextNode(text.text()), type)
                        : Optional.empty();
            case DATE, DATE_TIME -> text.quoted() ? typed(new TextNode(text.text()), type) : Optional.empty();
            case BOOL ->
                switch (text.quoted() ? "" : text.text()) {
                    case "true" -> Optional.of(Boolean.TRUE);
                    case "false" -> Optional.of(Boolean.FALSE);
                    default -> Optional.empty();
                };
            case I32, I64, U32, U64, F32, F64 -> number(text).flatMap(number -> typed(number, type));
            case BLOB, VECTOR -> Optional.empty();
        };
    }

    private static Optional<JsonNode> number(Argument.Positional text) {
        if (text.quoted() || text.text().length() > 100) {
            return Optional.empty();
        }
        try {
            BigDecimal value = new BigDecimal(text.text());
            return Optional.of(
                    text.text().contains(".")
                            ? DecimalNode.valueOf(value)
                            : BigIntegerNode.valueOf(value.toBigIntegerExact()));
        } catch (NumberFormatException | ArithmeticException noNumber) {
            return Optional.empty();
        }
    }

    private static Optional<Object> typed(JsonNode json, PropertyType type) {
        return switch (ValueJson.read(json, type)) {
            case ValueJson.Read.Value value -> value.value();
            case ValueJson.Read.Refused refused -> Optional.empty();
        };
    }
}
