package io.precinct.engine.manifest;

import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.IdSource;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What a graph's log needs besides its two stores.
 *
 * @param ids names commits and streams
 * @param schemas the stored form of schemas
 * @param background whether folds and checkpoints run by themselves on a thread of the log; without it checkpoints are
 *     written by the committing thread and folds only when a bound forces them
 */
public record LogSettings(IdSource ids, InstantSource clock, SchemaForm schemas, Limits limits, boolean background) {
    /** Bytes of a schema. {@code read(write(s))} equals {@code s}, its hash included. */
    public interface SchemaForm {
        byte[] write(Schema schema);

        Schema read(byte[] bytes);
    }

    /**
     * @param memberBytes a write with more inline rows than this goes into fragments
     * @param recordBytes all inline rows of one record
     * @param changeBytes ids kept per commit; beyond, its largest change sets are marked incomplete
     * @param overlayRows entries of a type's overlay that force a fold; a fold begins at half of it, of all bounds
     * @param overlayBytes likewise, bytes
     * @param overlayRecords likewise, records since the last fold
     * @param zombieAfter a put that took longer is confirmed by its parent slot
     * @param putPause first pause between attempts at an unclear put
     */
    public record Limits(
            long memberBytes,
            long recordBytes,
            long changeBytes,
            int overlayRows,
            long overlayBytes,
            int overlayRecords,
            Duration zombieAfter,
            Duration putPause) {
        public static final Limits DEFAULT = new Limits(
                64 << 10, 256 << 10, 64 << 10, 8_192, 4 << 20, 32, Duration.ofSeconds(30), Duration.ofMillis(20));
    }

    public static LogSettings of(IdSource ids, InstantSource clock, SchemaForm schemas) {
        return new LogSettings(ids, clock, schemas, Limits.DEFAULT, true);
    }
}
