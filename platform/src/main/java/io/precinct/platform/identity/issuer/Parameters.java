package io.precinct.platform.identity.issuer;

import java.util.Map;
import java.util.Optional;

/** Request parameters that occur once at most. */
record Parameters(Map<String, String[]> raw) {
    /** The value, or the empty string. */
    String text(String name) {
        String[] values = raw.get(name);
        return values == null || values.length != 1 ? "" : values[0];
    }

    Optional<String> present(String name) {
        return Optional.of(text(name)).filter(value -> !value.isEmpty());
    }

    boolean repeated() {
        return raw.values().stream().anyMatch(values -> values.length != 1);
    }
}
