package io.precinct.engine.view;

import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Base rows of an image, then the rows of the overlay. */
final class ImageTypeView implements TypeView {
    private final TypeSnapshot snapshot;
    private final DatasetImage image;
    private final OverlayPart overlay;
    private final EntityNumbers numbering;
    private final int baseRows;
    private final Map<PropertyId, Column> columns = new ConcurrentHashMap<>();

    ImageTypeView(TypeSnapshot snapshot, DatasetImage image, OverlayPart overlay, EntityNumbers numbering) {
        this.snapshot = snapshot;
        this.image = image;
        this.overlay = overlay;
        this.numbering = numbering;
        this.baseRows = image.rows();
    }

    DatasetImage image() {
        return image;
    }

    OverlayPart overlay() {
        return overlay;
    }

    int baseRows() {
        return baseRows;
    }

    @Override
    public EntityType type() {
        return snapshot.type();
    }

    @Override
    public int rows() {
        return baseRows + overlay.rows().size();
    }

    @Override
    public boolean live(int row) {
        return row >= baseRows || !overlay.hidden().get(row);
    }

    @Override
    public long count() {
        return snapshot.count();
    }

    @Override
    public int rowOf(String id) {
        int row = rowOfNumber(numbering.number(type().id(), id));
        // A number of another id than the one asked for: the id asked for does not exist.
        return row >= 0 && id(row).equals(id) ? row : -1;
    }

    @Override
    public int rowOfNumber(long number) {
        Integer added = overlay.byNumber().get(number);
        if (added != null) {
            return baseRows + added;
        }
        if (baseRows == 0) {
            return -1;
        }
        int row = image.numbers().row(number);
        return row >= 0 && live(row) ? row : -1;
    }

    @Override
    public String id(int row) {
        return row >= baseRows
                ? overlay.rows().get(row - baseRows).id()
                : new String(image.ids().get(row), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public long number(int row) {
        return row >= baseRows
                ? overlay.rows().get(row - baseRows).number()
                : image.integers(TypeLayout.NUMBER).get(row);
    }

    @Override
    public long sourceNumber(int row) {
        return row >= baseRows
                ? overlay.rows().get(row - baseRows).ends().orElseThrow().sourceNumber()
                : image.integers(TypeLayout.SOURCE_NUMBER).get(row);
    }

    @Override
    public long destinationNumber(int row) {
        return row >= baseRows
                ? overlay.rows().get(row - baseRows).ends().orElseThrow().destinationNumber()
                : image.integers(TypeLayout.DESTINATION_NUMBER).get(row);
    }

    @Override
    public Column column(PropertyId property) {
        return columns.computeIfAbsent(property, id -> {
            Property declared = type().property(id);
            return new ImageColumn(
                    declared.type(),
                    image.column(TypeLayout.column(id)),
                    baseRows,
                    overlay.rows(),
                    type().properties().indexOf(declared));
        });
    }

    @Override
    public EntityRow row(int row) {
        if (row >= baseRows) {
            return overlay.rows().get(row - baseRows);
        }
        List<Optional<Object>> values = new ArrayList<>();
        for (Property property : type().properties()) {
            Column column = column(property.id());
            values.add(column.isNull(row) ? Optional.empty() : Optional.of(column.valueAt(row)));
        }
        return new EntityRow(id(row), number(row), ends(row), values);
    }

    private Optional<EntityRow.Ends> ends(int row) {
        if (!(type() instanceof EntityType.Edge)) {
            return Optional.empty();
        }
        return Optional.of(new EntityRow.Ends(
                text(TypeLayout.SOURCE, row),
                sourceNumber(row),
                text(TypeLayout.DESTINATION, row),
                destinationNumber(row)));
    }

    private String text(String column, int row) {
        return new String(
                ((org.apache.arrow.vector.VarCharVector) image.column(column)).get(row),
                java.nio.charset.StandardCharsets.UTF_8);
    }
}
