package io.precinct.engine.view;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;

/** A property's values: an Arrow vector for the base rows, heap rows for the overlay. */
final class ImageColumn implements Column {
    private final PropertyType type;
    private final FieldVector base;
    private final int baseRows;
    private final List<EntityRow> added;
    private final int position;

    ImageColumn(PropertyType type, FieldVector base, int baseRows, List<EntityRow> added, int position) {
        this.type = type;
        this.base = base;
        this.baseRows = baseRows;
        this.added = added;
        this.position = position;
    }

    @Override
    public boolean isNull(int row) {
        return row >= baseRows ? addedAt(row).isEmpty() : base.isNull(row);
    }

    @Override
    public long longAt(int row) {
        if (row >= baseRows) {
            return ((Number) present(row)).longValue();
        }
        return switch (base) {
            case IntVector whole -> whole.get(row);
            case BigIntVector whole -> whole.get(row);
            case UInt4Vector whole -> whole.get(row) & 0xFFFF_FFFFL;
            case UInt8Vector whole -> whole.get(row);
            case DateDayVector days -> days.get(row);
            case DateMilliVector millis -> millis.get(row);
            default -> throw mismatch("a whole number");
        };
    }

    @Override
    public double doubleAt(int row) {
        if (row >= baseRows) {
            return ((Number) present(row)).doubleValue();
        }
        return switch (base) {
            case Float4Vector single -> single.get(row);
            case Float8Vector real -> real.get(row);
            default -> throw mismatch("a fraction");
        };
    }

    @Override
    public boolean booleanAt(int row) {
        if (row >= baseRows) {
            return (Boolean) present(row);
        }
        return ((BitVector) base).get(row) == 1;
    }

    @Override
    public String textAt(int row) {
        if (row >= baseRows) {
            return (String) present(row);
        }
        return new String(((VarCharVector) base).get(row), StandardCharsets.UTF_8);
    }

    @Override
    public Object valueAt(int row) {
        return row >= baseRows ? present(row) : form(base, type.scalar(), row);
    }

    private Object form(FieldVector vector, Scalar scalar, int row) {
        return switch (vector) {
            case ListVector list -> {
                List<Object> items = new ArrayList<>();
                FieldVector data = list.getDataVector();
                for (int at = list.getElementStartIndex(row); at < list.getElementEndIndex(row); at++) {
                    items.add(form(data, scalar, at));
                }
                yield List.copyOf(items);
            }
            case FixedSizeListVector vectors -> {
                Float4Vector data = (Float4Vector) vectors.getDataVector();
                float[] values = new float[vectors.getListSize()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = data.get(row * values.length + i);
                }
                yield values;
            }
            case VarCharVector text -> new String(text.get(row), StandardCharsets.UTF_8);
            case LargeVarBinaryVector bytes -> bytes.get(row);
            case BitVector truth -> truth.get(row) == 1;
            case IntVector whole -> whole.get(row);
            case BigIntVector whole -> whole.get(row);
            case UInt4Vector whole -> whole.get(row) & 0xFFFF_FFFFL;
            case UInt8Vector whole -> whole.get(row);
            case Float4Vector single -> single.get(row);
            case Float8Vector real -> real.get(row);
            case DateDayVector days -> days.get(row);
            case DateMilliVector millis -> millis.get(row);
            default -> throw mismatch(scalar.word());
        };
    }

    private Optional<Object> addedAt(int row) {
        return added.get(row - baseRows).value(position);
    }

    private Object present(int row) {
        return addedAt(row).orElseThrow(() -> new IllegalStateException("asked for the value of a null"));
    }

    private IllegalStateException mismatch(String wanted) {
        return new IllegalStateException(
                "a column of " + type.display() + " held as " + base.getMinorType() + " is no " + wanted);
    }
}
