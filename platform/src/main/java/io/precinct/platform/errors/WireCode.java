package io.precinct.platform.errors;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The closed set of {@code code} values that clients of the compatible API know. New conditions add a detail, never a code. */
public enum WireCode {
    UNAUTHORIZED,
    FORBIDDEN,
    BAD_REQUEST,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    CONFLICT,
    TOO_MANY_REQUESTS,
    INTERNAL;

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
