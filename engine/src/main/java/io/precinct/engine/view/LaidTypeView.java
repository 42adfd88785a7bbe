package io.precinct.engine.view;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A type of a snapshot: parts of its pin, with the overlay laid over. */
final class LaidTypeView implements TypeView {
    private static final PropertyType TEXT = PropertyType.of(Scalar.STRING);

    private final SnapshotView view;
    private final TypeSnapshot snapshot;
    private final OverlayRows overlay;
    private final AtomicReferenceArray<Column> columns;
    private volatile BaseColumn ids;
    private volatile BaseColumn.OfNumbers numbers;
    private volatile BaseColumn.OfNumbers sources;
    private volatile BaseColumn.OfNumbers destinations;
    private volatile NumberIndex index;

    LaidTypeView(SnapshotView view, TypeSnapshot snapshot) {
        this.view = view;
        this.snapshot = snapshot;
        this.columns = new AtomicReferenceArray<>(snapshot.type().properties().size());
        this.overlay = view.overlay(snapshot, this::baseRowOf);
    }

    @Override
    public EntityType type() {
        return snapshot.type();
    }

    @Override
    public int rows() {
        return overlay.rows();
    }

    @Override
    public boolean live(int row) {
        return !overlay.hidden().contains(row);
    }

    @Override
    public long count() {
        return snapshot.count();
    }

    @Override
    public int rowOf(String id) {
        long number = view.snapshot().numbers().number(type().id(), id);
        int laid = overlay.rowOfNumber(number);
        if (laid >= 0) {
            return overlay.row(laid).id().equals(id) ? laid : -1;
        }
        int row = baseRowOf(id);
        return row >= 0 && live(row) ? row : -1;
    }

    private int baseRowOf(String id) {
        if (snapshot.pin().rows() == 0) {
            return -1;
        }
        int row = index().rowOf(view.snapshot().numbers().number(type().id(), id));
        return row >= 0 && ids().compareText(row, id.getBytes(StandardCharsets.UTF_8)) == 0 ? row : -1;
    }

    @Override
    public int rowOfNumber(long number) {
        if (overlay.appendsAny()) {
            int laid = overlay.rowOfNumber(number);
            if (laid >= 0) {
                return laid;
            }
        }
        if (overlay.base() == 0) {
            return -1;
        }
        int row = index().rowOf(number);
        return row >= 0 && live(row) ? row : -1;
    }

    /** The row of the pin that holds the number, hidden or not, or -1. */
    int baseRowOfNumber(long number) {
        return overlay.base() == 0 ? -1 : index().rowOf(number);
    }

    EdgeIndex.Nodes baseNodes() {
        return new EdgeIndex.Nodes(overlay.base(), overlay.base() == 0 ? Optional.empty() : Optional.of(index()));
    }

    @Override
    public String id(int row) {
        return row < overlay.base() ? ids().textAt(row) : overlay.row(row).id();
    }

    @Override
    public long number(int row) {
        return row < overlay.base() ? numbers().longAt(row) : overlay.row(row).number();
    }

    @Override
    public long sourceNumber(int row) {
        return row < overlay.base() ? sources().longAt(row) : ends(row).sourceNumber();
    }

    @Override
    public long destinationNumber(int row) {
        return row < overlay.base() ? destinations().longAt(row) : ends(row).destinationNumber();
    }

    private EntityRow.Ends ends(int row) {
        return overlay.row(row).ends().orElseThrow();
    }

    @Override
    public Column column(PropertyId property) {
        List<Property> properties = type().properties();
        for (int position = 0; position < properties.size(); position++) {
            Property candidate = properties.get(position);
            if (candidate.id().equals(property)) {
                Column column = columns.get(position);
                if (column == null) {
                    // Two threads may both get here; the cache gives both the same part.
                    Column base = part(TypeLayout.column(property), candidate.type());
                    column = overlay.appendsAny() ? new LaidColumn(base, overlay, position) : base;
                    columns.set(position, column);
                }
                return column;
            }
        }
        throw new IllegalArgumentException("no property " + property + " in " + type().name());
    }

    @Override
    public EntityRow row(int row) {
        Objects.checkIndex(row, rows());
        if (row >= overlay.base()) {
            return overlay.row(row);
        }
        List<Optional<Object>> values = new ArrayList<>();
        for (Property property : type().properties()) {
            Column column = column(property.id());
            values.add(column.isNull(row) ? Optional.empty() : Optional.of(column.valueAt(row)));
        }
        Optional<EntityRow.Ends> ends = type() instanceof EntityType.Edge
                ? Optional.of(new EntityRow.Ends(
                        part(TypeLayout.SOURCE, TEXT).textAt(row),
                        sourceNumber(row),
                        part(TypeLayout.DESTINATION, TEXT).textAt(row),
                        destinationNumber(row)))
                : Optional.empty();
        return new EntityRow(id(row), number(row), ends, values);
    }

    OverlayRows overlay() {
        return overlay;
    }

    private BaseColumn part(String column, PropertyType type) {
        return view.column(snapshot.pin(), column, type);
    }

    private BaseColumn.OfNumbers numberPart(String column) {
        return (BaseColumn.OfNumbers) part(column, PropertyType.of(Scalar.I64));
    }

    private BaseColumn ids() {
        BaseColumn known = ids;
        return known != null ? known : (ids = part(TypeLayout.ID, TEXT));
    }

    private BaseColumn.OfNumbers numbers() {
        BaseColumn.OfNumbers known = numbers;
        return known != null ? known : (numbers = numberPart(TypeLayout.NUMBER));
    }

    BaseColumn.OfNumbers sources() {
        BaseColumn.OfNumbers known = sources;
        return known != null ? known : (sources = numberPart(TypeLayout.SOURCE_NUMBER));
    }

    BaseColumn.OfNumbers destinations() {
        BaseColumn.OfNumbers known = destinations;
        return known != null ? known : (destinations = numberPart(TypeLayout.DESTINATION_NUMBER));
    }

    private NumberIndex index() {
        NumberIndex known = index;
        return known != null ? known : (index = view.index(snapshot.pin(), numbers()));
    }
}
