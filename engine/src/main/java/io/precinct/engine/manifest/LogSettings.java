package io.precinct.engine.manifest;

import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.IdSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What a graph's log needs besides its two stores.
 *
 * @param ids names commits and streams
 * @param schemas the stored form of schemas
 * @param background does folds and checkpoints behind the writers; without it checkpoints are written by the committing
 *     thread and overlays are folded only by the write that meets a bound
 * @param preparations how often a write that others overtake is prepared before it fails as overtaken
 */
public record LogSettings(
        IdSource ids,
        InstantSource clock,
        SchemaForm schemas,
        Limits limits,
        Optional<Background> background,
        int preparations) {
    /** How often a write is prepared unless settings say otherwise. */
    public static final int PREPARATIONS = 32;

    /** With the default number of preparations. */
    public LogSettings(
            IdSource ids, InstantSource clock, SchemaForm schemas, Limits limits, Optional<Background> background) {
        this(ids, clock, schemas, limits, background, PREPARATIONS);
    }

    /** Bytes of a schema. {@code read(write(s))} equals {@code s}, its hash included. */
    public interface SchemaForm {
        byte[] write(Schema schema);

        Schema read(byte[] bytes);
    }

    /**
     * @param memberBytes a write with more inline rows than this goes into fragments
     * @param recordBytes all inline rows of one record
     * @param changeBytes ids kept per commit; beyond, its largest change sets are marked incomplete
     * @param overlayRows entries of a type's overlay beyond which a write folds it in line; behind the writers a fold
     *     begins at a {@value #SOFT_SHARE}th of this and of the other two bounds of an overlay
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
        /** A new snapshot indexes its overlay, which must stay small; between this and the bound there is room for bursts. */
        static final int SOFT_SHARE = 8;

        boolean foldIsDue(int records, int rows, long bytes) {
            return records > 0
                    && (records >= Math.max(1, overlayRecords / SOFT_SHARE)
                            || rows >= Math.max(1, overlayRows / SOFT_SHARE)
                            || bytes >= Math.max(1, overlayBytes / SOFT_SHARE));
        }

        public static final Limits DEFAULT = new Limits(
                64 << 10, 256 << 10, 64 << 10, 8_192, 4 << 20, 4_096, Duration.ofSeconds(30), Duration.ofMillis(20));
    }

    public static LogSettings of(
            IdSource ids, InstantSource clock, SchemaForm schemas, Background background, int preparations) {
        return new LogSettings(ids, clock, schemas, Limits.DEFAULT, Optional.of(background), preparations);
    }
}
