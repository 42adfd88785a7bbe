package io.precinct.platform.identity;

import java.util.Locale;

/** What kind of subject acts. */
public enum SubjectType {
    USER,
    SERVICE,
    /** The platform itself: upkeep and other background work. Never comes from a token. */
    SYSTEM;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
