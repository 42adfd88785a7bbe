package io.precinct.tenants;

import java.util.regex.Pattern;

/** Immutable id of a tenant, never reused: 26 upper-case Crockford characters (a ULID). Not its name. */
public record TenantId(String value) {
    private static final Pattern FORM = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");

    public TenantId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a tenant id is a ULID of 26 upper-case characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
