package io.precinct.engine.view;

/** Number → base row of one dataset version. Frees only itself, not the column it looks into. */
final class NumberIndex implements Part {
    private final NumberTable table;
    private final BaseColumn.OfNumbers numbers;

    private NumberIndex(NumberTable table, BaseColumn.OfNumbers numbers) {
        this.table = table;
        this.numbers = numbers;
    }

    /** @throws IllegalStateException when two rows have one number */
    static NumberIndex of(BaseColumn.OfNumbers numbers, Memory memory) {
        NumberTable table = NumberTable.empty(numbers.rows, memory);
        for (int row = 0; row < numbers.rows; row++) {
            if (table.add(numbers.raw(row), row, numbers::raw) != row) {
                table.close();
                throw new IllegalStateException("rows share the number " + numbers.raw(row));
            }
        }
        return new NumberIndex(table, numbers);
    }

    int rowOf(long number) {
        return table.find(number, numbers::raw);
    }

    @Override
    public void free() {
        table.close();
    }
}
