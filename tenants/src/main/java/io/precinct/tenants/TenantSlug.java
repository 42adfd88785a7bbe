package io.precinct.tenants;

import java.util.regex.Pattern;

/**
 * The name of a tenant in addresses: 2 to 63 of lower-case letters, digits and single hyphens, first a letter, last no
 * hyphen. Unique among living tenants; it may change hands after a quarantine, so nothing durable is keyed by it.
 */
public record TenantSlug(String value) {
    /** Prefix of the slugs that deleted tenants get when their own is released; nobody may ask for one. */
    public static final String RELEASED_PREFIX = "released-";

    private static final Pattern FORM = Pattern.compile("[a-z](-?[a-z0-9])+");
    private static final int LONGEST = 63;

    public TenantSlug {
        if (value.length() > LONGEST || !FORM.matcher(value).matches()) {
            throw new TenantException.Invalid(
                    TenantException.Code.INVALID_NAME,
                    "a tenant's slug has 2 to 63 lower-case letters, digits and single hyphens and begins with a letter");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
