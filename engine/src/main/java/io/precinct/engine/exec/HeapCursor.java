package io.precinct.engine.exec;

import java.util.List;
import java.util.Optional;

/** Rows that are computed already, in one batch. */
final class HeapCursor implements RowCursor {
    private final List<ResultColumn> columns;
    private final List<Object[]> rows;
    private final Runnable close;
    private boolean given;

    HeapCursor(List<ResultColumn> columns, List<Object[]> rows, Runnable close) {
        this.columns = columns;
        this.rows = rows;
        this.close = close;
    }

    @Override
    public List<ResultColumn> columns() {
        return columns;
    }

    @Override
    public Optional<ResultBatch> next() {
        if (given || rows.isEmpty()) {
            return Optional.empty();
        }
        given = true;
        return Optional.of(new HeapBatch(rows.toArray(Object[][]::new)));
    }

    @Override
    public void close() {
        close.run();
    }

    static final class HeapBatch implements ResultBatch {
        private final Object[][] values;

        HeapBatch(Object[][] values) {
            this.values = values;
        }

        @Override
        public int rows() {
            return values.length;
        }

        @Override
        public Optional<Object> value(int row, int column) {
            return Optional.ofNullable(values[row][column]);
        }
    }
}
