package io.precinct.engine.schema;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Plans as JSON: {@code supported}, {@code steps} with {@code kind}, its fields, {@code tier} and perhaps {@code code},
 * and {@code warnings} with {@code code} and {@code message}. Stateless.
 */
public final class SchemaPlanJson {
    private SchemaPlanJson() {}

    /** One object. */
    public static void write(JsonGenerator json, SchemaPlan plan) throws IOException {
        json.writeStartObject();
        fields(json, plan);
        json.writeEndObject();
    }

    /** The fields of a plan into an object that the caller began. */
    public static void fields(JsonGenerator json, SchemaPlan plan) throws IOException {
        json.writeBooleanField("supported", plan.supported());
        json.writeArrayFieldStart("steps");
        for (SchemaStep step : plan.steps()) {
            json.writeStartObject();
            json.writeStringField("kind", step.kind());
            switch (step) {
                case SchemaStep.AddType add -> type(json, add.typeKind(), "name", add.name());
                case SchemaStep.RenameType rename -> {
                    json.writeStringField("type_kind", rename.typeKind().word());
                    json.writeStringField("from", rename.from());
                    json.writeStringField("to", rename.to());
                }
                case SchemaStep.DropType drop -> {
                    type(json, drop.typeKind(), "name", drop.name());
                    json.writeStringField("mode", drop.mode().word());
                }
                case SchemaStep.AddProperty add -> {
                    property(json, add.typeKind(), add.typeName(), add.propertyName());
                    form(json, "property_type", add.type());
                    json.writeBooleanField("backfilled", add.backfilled());
                }
                case SchemaStep.RenameProperty rename -> {
                    type(json, rename.typeKind(), "type_name", rename.typeName());
                    json.writeStringField("from", rename.from());
                    json.writeStringField("to", rename.to());
                }
                case SchemaStep.DropProperty drop -> {
                    property(json, drop.typeKind(), drop.typeName(), drop.propertyName());
                    json.writeStringField("mode", drop.mode().word());
                }
                case SchemaStep.ChangePropertyType change -> {
                    property(json, change.typeKind(), change.typeName(), change.propertyName());
                    form(json, "from_type", change.from());
                    form(json, "property_type", change.to());
                    json.writeBooleanField("backfilled", change.backfilled());
                }
                case SchemaStep.ExtendEnum extend -> {
                    property(json, extend.typeKind(), extend.typeName(), extend.propertyName());
                    texts(json, "added_values", extend.addedValues());
                }
                case SchemaStep.AddConstraint add -> {
                    type(json, add.typeKind(), "type_name", add.typeName());
                    constraint(json, add.constraint());
                }
                case SchemaStep.DropConstraint drop -> {
                    type(json, drop.typeKind(), "type_name", drop.typeName());
                    constraint(json, drop.constraint());
                }
                case SchemaStep.ChangeCardinality change -> {
                    type(json, TypeKind.EDGE, "type_name", change.typeName());
                    json.writeStringField("from", change.from());
                    json.writeStringField("to", change.to());
                }
                case SchemaStep.UpdateTypeMetadata update -> {
                    type(json, update.typeKind(), "name", update.name());
                    annotations(json, update.annotations());
                }
                case SchemaStep.UpdatePropertyMetadata update -> {
                    property(json, update.typeKind(), update.typeName(), update.propertyName());
                    annotations(json, update.annotations());
                }
                case SchemaStep.UnsupportedChange change -> {
                    json.writeStringField("entity", change.entity());
                    json.writeStringField("reason", change.reason());
                }
            }
            json.writeStringField("tier", step.tier().name().toLowerCase(Locale.ROOT));
            if (step.code().isPresent()) {
                json.writeStringField("code", step.code().get().code());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("warnings");
        for (Diagnostic warning : plan.warnings()) {
            json.writeStartObject();
            json.writeStringField("code", warning.code());
            json.writeStringField("message", warning.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void type(JsonGenerator json, TypeKind kind, String field, String name) throws IOException {
        json.writeStringField("type_kind", kind.word());
        json.writeStringField(field, name);
    }

    private static void property(JsonGenerator json, TypeKind kind, String type, String property) throws IOException {
        type(json, kind, "type_name", type);
        json.writeStringField("property_name", property);
    }

    private static void form(JsonGenerator json, String field, PropertyType type) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeStringField(
                "scalar",
                type.scalar() == Scalar.VECTOR
                        ? "Vector(" + type.dimension() + ")"
                        : type.scalar().word());
        json.writeBooleanField("nullable", type.nullable());
        json.writeBooleanField("list", type.list());
        if (type.enumValues().isPresent()) {
            texts(json, "enum_values", type.enumValues().get());
        } else {
            json.writeNullField("enum_values");
        }
        json.writeEndObject();
    }

    private static void constraint(JsonGenerator json, ConstraintShape constraint) throws IOException {
        json.writeObjectFieldStart("constraint");
        switch (constraint) {
            case ConstraintShape.OfMembers members -> texts(json, members.word(), members.members());
            case ConstraintShape.Range range -> {
                json.writeObjectFieldStart("Range");
                json.writeStringField("property", range.property());
                bound(json, "min", range.least());
                bound(json, "max", range.most());
                json.writeEndObject();
            }
            case ConstraintShape.Check check -> {
                json.writeObjectFieldStart("Check");
                json.writeStringField("property", check.property());
                json.writeStringField("pattern", check.pattern());
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }

    private static void bound(JsonGenerator json, String field, Optional<BigDecimal> bound) throws IOException {
        if (bound.isPresent()) {
            json.writeNumberField(field, bound.get());
        } else {
            json.writeNullField(field);
        }
    }

    private static void annotations(JsonGenerator json, Map<String, String> annotations) throws IOException {
        json.writeObjectFieldStart("annotations");
        for (Map.Entry<String, String> entry : annotations.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
