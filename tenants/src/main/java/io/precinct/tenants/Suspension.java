package io.precinct.tenants;

import java.util.Locale;

/** Why a tenant is suspended and what it may still do. */
public record Suspension(Reason reason, Mode mode) {
    public enum Reason {
        BILLING,
        SECURITY,
        REQUEST,
        KEY_UNAVAILABLE;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public enum Mode {
        READ_ONLY,
        BLOCKED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Taking one's data along stays possible unless security or a missing key forbids it. */
    public boolean exportAllowed() {
        return switch (reason) {
            case BILLING, REQUEST -> true;
            case SECURITY, KEY_UNAVAILABLE -> false;
        };
    }
}
