package io.precinct.engine.write;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Edge records that wait on disk until every node was read; written first, then read, by one thread. */
final class EdgeSpool implements AutoCloseable {
    private final Path file;
    private final DataOutputStream written;
    private Optional<DataInputStream> reading = Optional.empty();

    /** One record as JSON with the line it began on. */
    record Kept(long line, byte[] json) {}

    EdgeSpool() throws IOException {
        file = Files.createTempFile("precinct-edges-", ".spool");
        written = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    }

    void keep(long line, byte[] json) throws IOException {
        written.writeLong(line);
        written.writeInt(json.length);
        written.write(json);
    }

    /** The next record kept; empty at the end. Nothing is kept after the first call. */
    Optional<Kept> next() throws IOException {
        if (reading.isEmpty()) {
            written.close();
            reading = Optional.of(new DataInputStream(new BufferedInputStream(Files.newInputStream(file))));
        }
        DataInputStream in = reading.get();
        long line;
        try {
            line = in.readLong();
        } catch (EOFException end) {
            return Optional.empty();
        }
        byte[] json = new byte[in.readInt()];
        in.readFully(json);
        return Optional.of(new Kept(line, json));
    }

    @Override
    public void close() throws IOException {
        try (written) {
            if (reading.isPresent()) {
                reading.get().close();
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
