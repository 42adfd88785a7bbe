package io.precinct.platform.config;

import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.util.Optional;

/**
 * Bounds of the tenants' engine instances on this node.
 *
 * @param instances most instances open at once; the least recently used idle one closes first
 * @param memory decoded bytes off heap over all of them, beyond which idle ones close
 * @param graphMemory decoded bytes that one graph may hold
 * @param durable force files to disk before a write is acknowledged; off only where losing data is fine
 */
public record EngineSettings(
        int instances, DataSize memory, DataSize graphMemory, Duration openWait, Optional<Boolean> durable) {
    public static final EngineSettings DEFAULTS = new EngineSettings(0, null, null, null, Optional.empty());

    public EngineSettings {
        instances = instances == 0 ? 64 : instances;
        memory = Optional.ofNullable(memory).orElseGet(() -> DataSize.mebibytes(512));
        graphMemory = Optional.ofNullable(graphMemory).orElseGet(() -> DataSize.mebibytes(256));
        openWait = Optional.ofNullable(openWait).orElseGet(() -> Duration.seconds(30));
        durable = Optional.ofNullable(durable).orElse(Optional.empty());
        Check.that(instances > 0, "engines.instances", "must be positive");
        Check.that(memory.toBytes() >= 1 << 20, "engines.memory", "must be at least 1MiB");
        Check.that(graphMemory.toBytes() >= 1 << 20, "engines.graphMemory", "must be at least 1MiB");
        Check.that(openWait.toMilliseconds() > 0, "engines.openWait", "must be positive");
    }
}
