package io.precinct.tenants;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Asks for a new tenant.
 *
 * @param idempotencyKey repeated with the same request it leads to the same tenant; with another request it is refused
 */
public record CreateTenant(
        TenantSlug slug, String displayName, String plan, String region, Optional<String> idempotencyKey) {
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_KEY = 200;

    public CreateTenant {
        if (displayName.isBlank() || displayName.length() > LONGEST_NAME) {
            throw invalid("a tenant's display name has 1 to " + LONGEST_NAME + " characters");
        }
        if (plan.isBlank() || region.isBlank()) {
            throw invalid("a tenant needs a plan and a region");
        }
        if (idempotencyKey
                .filter(key -> key.isBlank() || key.length() > LONGEST_KEY)
                .isPresent()) {
            throw invalid("an idempotency key has 1 to " + LONGEST_KEY + " characters");
        }
        if (slug.value().startsWith(TenantSlug.RELEASED_PREFIX)) {
            throw invalid("slugs that begin with " + TenantSlug.RELEASED_PREFIX + " are reserved");
        }
    }

    /** What the idempotency key stands for: SHA-256 of everything but the key, each part with its length before it. */
    public String digest() {
        StringBuilder parts = new StringBuilder();
        for (String part : new String[] {slug.value(), displayName, plan, region}) {
            parts.append(part.length()).append(':').append(part);
        }
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(parts.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static TenantException invalid(String message) {
        return new TenantException.Invalid(TenantException.Code.INVALID_NAME, message);
    }
}
