package io.precinct.platform.errors;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether sending the same request again can help. */
public enum Retry {
    /** The same request fails again. */
    NEVER,
    /** Read the new state, or get a new token, first. */
    AFTER_REFRESH,
    /** The same request may succeed later. */
    LATER;

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
