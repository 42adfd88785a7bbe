package io.precinct.platform.config;

/** Refuses a setting that cannot work, naming its key. */
final class Check {
    private Check() {}

    static void that(boolean holds, String key, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(key + " " + otherwise);
        }
    }
}
