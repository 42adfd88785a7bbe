package io.precinct.engine.manifest;

import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.PropertyType;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The physical columns of a type. A node has {@code id} (Utf8) and {@code num} (Int64); an edge has besides them
 * {@code src}, {@code dst} (Utf8) and {@code src_num}, {@code dst_num} (Int64). A property has the column
 * {@code p<property id>}, so that a rename touches no data. Every column is nullable; required-ness is ours to check.
 */
public final class TypeLayout {
    public static final String ID = "id";
    public static final String NUMBER = "num";
    public static final String SOURCE = "src";
    public static final String DESTINATION = "dst";
    public static final String SOURCE_NUMBER = "src_num";
    public static final String DESTINATION_NUMBER = "dst_num";

    private TypeLayout() {}

    public static String column(PropertyId property) {
        return "p" + property.value();
    }

    public static Schema arrowSchema(EntityType type) {
        List<Field> fields = new ArrayList<>();
        fields.add(field(ID, new ArrowType.Utf8()));
        fields.add(field(NUMBER, new ArrowType.Int(64, true)));
        if (type instanceof EntityType.Edge) {
            fields.add(field(SOURCE, new ArrowType.Utf8()));
            fields.add(field(DESTINATION, new ArrowType.Utf8()));
            fields.add(field(SOURCE_NUMBER, new ArrowType.Int(64, true)));
            fields.add(field(DESTINATION_NUMBER, new ArrowType.Int(64, true)));
        }
        for (Property property : type.properties()) {
            String name = column(property.id());
            PropertyType form = property.type();
            fields.add(
                    form.list()
                            ? new Field(
                                    name,
                                    FieldType.nullable(new ArrowType.List()),
                                    List.of(field("item", arrowType(form))))
                            : field(name, arrowType(form)));
        }
        return new Schema(fields);
    }

    private static Field field(String name, ArrowType type) {
        return new Field(
                name,
                FieldType.nullable(type),
                type instanceof ArrowType.FixedSizeList
                        ? List.of(field("item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)))
                        : List.of());
    }

    private static ArrowType arrowType(PropertyType type) {
        return switch (type.scalar()) {
            case STRING -> new ArrowType.Utf8();
            case BOOL -> new ArrowType.Bool();
            case I32 -> new ArrowType.Int(32, true);
            case I64 -> new ArrowType.Int(64, true);
            case U32 -> new ArrowType.Int(32, false);
            case U64 -> new ArrowType.Int(64, false);
            case F32 -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case F64 -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case DATE -> new ArrowType.Date(DateUnit.DAY);
            case DATE_TIME -> new ArrowType.Date(DateUnit.MILLISECOND);
            case BLOB -> new ArrowType.LargeBinary();
            case VECTOR -> new ArrowType.FixedSizeList(type.dimension());
        };
    }
}
