package io.precinct.engine.write;

/** One record a line. */
final class StrictRecords implements RecordSource {
    private final Lines lines;
    private final RecordReader reader;

    StrictRecords(Lines lines, RecordReader reader) {
        this.lines = lines;
        this.reader = reader;
    }

    @Override
    public boolean next() {
        if (!lines.next()) {
            return false;
        }
        if (!lines.blank()) {
            reader.read(lines);
        }
        return true;
    }

    @Override
    public long line() {
        return lines.number();
    }

    @Override
    public long bytes() {
        return lines.bytes();
    }

    @Override
    public void close() {
        // Holds nothing but the caller's input.
    }
}
