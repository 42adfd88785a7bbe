package io.precinct.engine.search;

import io.precinct.engine.view.Column;
import java.util.List;

/** Texts as a column. */
record Texts(List<String> texts) implements Column {
    @Override
    public boolean isNull(int row) {
        return texts.get(row) == null;
    }

    @Override
    public long longAt(int row) {
        throw new UnsupportedOperationException();
    }

    @Override
    public double doubleAt(int row) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean booleanAt(int row) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String textAt(int row) {
        return texts.get(row);
    }

    @Override
    public Object valueAt(int row) {
        return texts.get(row);
    }
}
