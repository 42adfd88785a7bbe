package io.precinct.tenants;

import java.util.regex.Pattern;

/**
 * Immutable identity of a tenant: a ULID of 26 upper-case Crockford characters. Never reused, also not after deletion; it
 * names the storage root, and it is part of every cache key, primary key and policy input.
 */
public record TenantId(String value) implements Comparable<TenantId> {
    private static final Pattern ULID = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");

    public TenantId {
        if (!ULID.matcher(value).matches()) {
            throw new TenantException.Invalid(
                    TenantException.Code.INVALID_NAME,
                    "a tenant id is a ULID of 26 upper-case characters; use the id that the registry returned");
        }
    }

    @Override
    public int compareTo(TenantId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
