package io.precinct.engine;

import io.precinct.engine.manifest.LogSettings;
import io.precinct.engine.write.ExternalBlobs;
import io.precinct.engine.write.LoadLimits;
import io.precinct.engine.write.WriteLimits;

/**
 * What one request to a graph may ask for at most; all beyond is {@code ResourceLimit} before any effect. What isn't here
 * is limited elsewhere: a read by its {@code ExecutionBudget}, native memory by {@code NativeResources.Limits}, an
 * embedder's patience by its settings. Bounds that a text's meaning rests on, as a vector's largest dimension or the k of
 * {@code rrf}, are the language's and no settings.
 *
 * @param mutation of one mutation in one type
 * @param load of one load
 * @param external contents of Blobs that are read from or referred to elsewhere
 * @param preparations how often a write that others overtake is prepared before it fails as overtaken
 */
public record EngineLimits(WriteLimits mutation, LoadLimits load, int preparations, ExternalBlobs external) {
    public static final EngineLimits DEFAULTS =
            new EngineLimits(WriteLimits.DEFAULT, LoadLimits.DEFAULT, LogSettings.PREPARATIONS, ExternalBlobs.NONE);

    public EngineLimits {
        if (preparations < 1) {
            throw new IllegalArgumentException("a write is prepared at least once");
        }
    }
}
