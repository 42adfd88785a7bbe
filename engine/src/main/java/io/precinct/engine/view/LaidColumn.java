package io.precinct.engine.view;

import java.util.Arrays;

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

    @Override
    public RowFilter whole(long least, long most, boolean inside) {
        return split(base.whole(least, most, inside), Column.super.whole(least, most, inside));
    }

    @Override
    public RowFilter text(byte[] utf8, boolean equal) {
        return split(base.text(utf8, equal), Column.super.text(utf8, equal));
    }

    /** Rows come ascending as a rule, so the base's go first, in one piece. */
    private RowFilter split(RowFilter ofBase, RowFilter ofAny) {
        return (rows, count) -> {
            int below = 0;
            while (below < count && rows[below] < overlay.base()) {
                below++;
            }
            int kept = ofBase.keep(rows, below);
            if (below < count) {
                int[] rest = Arrays.copyOfRange(rows, below, count);
                int passed = ofAny.keep(rest, rest.length);
                System.arraycopy(rest, 0, rows, kept, passed);
                kept += passed;
            }
            return kept;
        };
    }
}
