package io.precinct.engine.exec;

import java.util.List;
import java.util.Optional;

/** Projects bindings batch by batch as they are pulled. */
final class BindingCursor implements RowCursor {
    private static final int BATCH_ROWS = 1_024;

    private final List<ResultColumn> columns;
    private final Bindings bindings;
    private final int[] order;
    private final Registers.Value[] values;
    private final Allowance allowance;
    private final Runnable close;
    private int next;

    BindingCursor(
            List<ResultColumn> columns,
            Bindings bindings,
            int[] order,
            Registers.Value[] values,
            Allowance allowance,
            Runnable close) {
        this.columns = columns;
        this.bindings = bindings;
        this.order = order;
        this.values = values;
        this.allowance = allowance;
        this.close = close;
    }

    @Override
    public List<ResultColumn> columns() {
        return columns;
    }

    @Override
    public Optional<ResultBatch> next() {
        int rows = Math.min(BATCH_ROWS, order.length - next);
        if (rows == 0) {
            return Optional.empty();
        }
        allowance.check();
        Object[][] batch = new Object[rows][values.length];
        int[] binding = new int[bindings.width()];
        for (int row = 0; row < rows; row++) {
            bindings.read(order[next + row], binding);
            for (int column = 0; column < values.length; column++) {
                batch[row][column] = values[column].of(binding);
            }
        }
        next += rows;
        return Optional.of(new HeapCursor.HeapBatch(batch));
    }

    @Override
    public void close() {
        close.run();
    }
}
