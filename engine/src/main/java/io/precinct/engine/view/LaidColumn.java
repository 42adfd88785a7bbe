package io.precinct.engine.view;

/** A base column and, from row {@code overlay.base()} on, the overlay's values at one position. */
record LaidColumn(Column base, OverlayRows overlay, int position) implements Column {
    private Object laid(int row) {
        return overlay.row(row)
                .value(position)
                .orElseThrow(() -> new IllegalStateException("row " + row + " has no value here"));
    }

    @Override
    public boolean isNull(int row) {
        return row < overlay.base()
                ? base.isNull(row)
                : overlay.row(row).value(position).isEmpty();
    }

    @Override
    public long longAt(int row) {
        return row < overlay.base() ? base.longAt(row) : ((Number) laid(row)).longValue();
    }

    @Override
    public double doubleAt(int row) {
        return row < overlay.base() ? base.doubleAt(row) : ((Number) laid(row)).doubleValue();
    }

    @Override
    public boolean booleanAt(int row) {
        return row < overlay.base() ? base.booleanAt(row) : (Boolean) laid(row);
    }

    @Override
    public String textAt(int row) {
        return row < overlay.base() ? base.textAt(row) : (String) laid(row);
    }

    @Override
    public Object valueAt(int row) {
        return row < overlay.base() ? base.valueAt(row) : laid(row);
    }

    @Override
    public byte[] textBytesAt(int row) {
        return row < overlay.base() ? base.textBytesAt(row) : Column.super.textBytesAt(row);
    }

    @Override
    public int compareText(int row, byte[] utf8) {
        return row < overlay.base() ? base.compareText(row, utf8) : Column.super.compareText(row, utf8);
    }

    @Override
    public boolean textStartsWith(int row, byte[] utf8) {
        return row < overlay.base() ? base.textStartsWith(row, utf8) : Column.super.textStartsWith(row, utf8);
    }
}
