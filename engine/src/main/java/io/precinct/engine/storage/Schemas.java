package io.precinct.engine.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.lance.schema.LanceField;
import org.lance.schema.LanceSchema;

/** Columns by name: the library itself maps them by position and checks nothing. */
final class Schemas {
    private Schemas() {}

    /** Every field nullable at every level: a null in a column declared otherwise aborts the process at the next scan. */
    static Schema nullable(Schema schema) {
        return new Schema(schema.getFields().stream().map(Schemas::nullable).toList(), schema.getCustomMetadata());
    }

    private static Field nullable(Field field) {
        return new Field(
                field.getName(),
                new FieldType(true, field.getType(), field.getDictionary(), field.getMetadata()),
                field.getChildren().stream().map(Schemas::nullable).toList());
    }

    /** @throws NativeErrors.ContractBroken unless both hold the same columns of the same types, in any order */
    static void requireSame(Schema expected, Schema actual, String what) {
        Map<String, Field> byName = new HashMap<>();
        for (Field field : actual.getFields()) {
            if (byName.put(field.getName(), field) != null) {
                throw new NativeErrors.ContractBroken(what + " has the column '" + field.getName() + "' twice");
            }
        }
        for (Field wanted : expected.getFields()) {
            Field there = byName.remove(wanted.getName());
            if (there == null) {
                throw new NativeErrors.ContractBroken(what + " lacks the column '" + wanted.getName() + "'");
            }
            if (!sameType(wanted, there)) {
                throw new NativeErrors.ContractBroken(what + " has " + there + " where " + wanted + " belongs");
            }
        }
        if (!byName.isEmpty()) {
            throw new NativeErrors.ContractBroken(what + " has columns that don't belong: " + byName.keySet());
        }
    }

    private static boolean sameType(Field wanted, Field there) {
        if (!wanted.getType().equals(there.getType())
                || there.getDictionary() != null
                || wanted.getChildren().size() != there.getChildren().size()) {
            return false;
        }
        for (int i = 0; i < wanted.getChildren().size(); i++) {
            if (!sameType(wanted.getChildren().get(i), there.getChildren().get(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean all(String column) {
        return true;
    }

    static Predicate<String> namesOf(Schema schema) {
        Set<String> names = new HashSet<>();
        schema.getFields().forEach(field -> names.add(field.getName()));
        return names::contains;
    }

    /** The columns whose names are wanted, in their order. */
    static Schema part(Schema schema, Predicate<String> wanted) {
        return new Schema(
                schema.getFields().stream()
                        .filter(field -> wanted.test(field.getName()))
                        .toList(),
                schema.getCustomMetadata());
    }

    /** {@code schema}, then the columns of {@code more} that it lacks. */
    static Schema with(Schema schema, Schema more) {
        Predicate<String> there = namesOf(schema);
        List<Field> fields = new ArrayList<>(schema.getFields());
        more.getFields().stream().filter(field -> !there.test(field.getName())).forEach(fields::add);
        return new Schema(fields, schema.getCustomMetadata());
    }

    /** Field ids of all columns in pre-order, children included. */
    static List<Integer> ids(LanceSchema schema) {
        return ids(schema, Schemas::all);
    }

    static List<Integer> ids(LanceSchema schema, Predicate<String> wanted) {
        List<Integer> ids = new ArrayList<>();
        schema.fields().stream().filter(field -> wanted.test(field.getName())).forEach(field -> collect(field, ids));
        return ids;
    }

    private static void collect(LanceField field, List<Integer> ids) {
        ids.add(field.getId());
        field.getChildren().forEach(child -> collect(child, ids));
    }
}
