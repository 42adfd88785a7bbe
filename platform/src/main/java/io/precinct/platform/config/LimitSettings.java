package io.precinct.platform.config;

import io.dropwizard.util.DataSize;
import java.util.Optional;

/** Largest request bodies: ordinary ones, loads inside JSON, and loads streamed as lines. */
public record LimitSettings(DataSize body, DataSize load, DataSize streamedLoad) {
    public static final LimitSettings DEFAULTS =
            new LimitSettings(DataSize.mebibytes(1), DataSize.mebibytes(32), DataSize.gibibytes(64));

    public LimitSettings {
        body = Optional.ofNullable(body).orElseGet(() -> DataSize.mebibytes(1));
        load = Optional.ofNullable(load).orElseGet(() -> DataSize.mebibytes(32));
        streamedLoad = Optional.ofNullable(streamedLoad).orElseGet(() -> DataSize.gibibytes(64));
        Check.that(body.toBytes() >= 1024, "limits.body", "must be at least 1KiB");
        Check.that(load.toBytes() >= body.toBytes(), "limits.load", "must not be smaller than limits.body");
        Check.that(
                streamedLoad.toBytes() >= load.toBytes(),
                "limits.streamedLoad",
                "must not be smaller than limits.load");
    }
}
