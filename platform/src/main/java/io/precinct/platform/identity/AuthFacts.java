package io.precinct.platform.identity;

import java.time.Instant;
import java.util.Optional;

/**
 * How the subject proved itself. {@code credentialId} names the token or key, never its content;
 * {@code authenticatedAt} is when a person last gave proof; {@code mfa} is whether more than one factor was used.
 */
public record AuthFacts(
        String method, String credentialId, Optional<Instant> authenticatedAt, boolean mfa, Instant expiresAt) {}
