package io.precinct.platform.identity.issuer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What waits between the steps of a browser sign-in: requests whose page is open, and codes not yet exchanged. Bounded
 * and short-lived; lost at a restart, which makes a person sign in again. Thread-safe.
 */
final class Authorizations {
    private static final Duration PAGE_OPEN = Duration.ofMinutes(10);
    private static final Duration CODE_LIFE = Duration.ofSeconds(60);
    private static final int MOST = 2_000;

    /** A checked authorization request. {@code cookie} ties its page to the browser that asked. */
    record Pending(
            String clientId,
            String redirect,
            Set<String> scopes,
            Optional<String> state,
            Optional<String> nonce,
            String challenge,
            String cookie) {
        Pending {
            scopes = Set.copyOf(scopes);
        }
    }

    /** What a code stands for; {@code session} is what its tokens will be named after. */
    record Grant(Pending request, String accountId, String session, Instant authenticatedAt) {}

    private final Cache<String, Pending> pending =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(PAGE_OPEN).build();
    private final Cache<String, Grant> codes =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(CODE_LIFE).build();
    private final Cache<String, String> sessionsOfUsedCodes =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(PAGE_OPEN).build();

    String open(Pending request) {
        String ticket = Secrets.fresh();
        pending.put(ticket, request);
        return ticket;
    }

    Optional<Pending> pending(String ticket) {
        return Optional.ofNullable(pending.getIfPresent(ticket));
    }

    void close(String ticket) {
        pending.invalidate(ticket);
    }

    String code(Grant grant) {
        String code = Secrets.fresh();
        codes.put(code, grant);
        return code;
    }

    /** The grant, once: of any number of concurrent takers one gets it. */
    Optional<Grant> take(String code) {
        Optional<Grant> grant = Optional.ofNullable(codes.asMap().remove(code));
        grant.ifPresent(one -> sessionsOfUsedCodes.put(code, one.session()));
        return grant;
    }

    /** The session a code was exchanged for before: showing the code again means that somebody copied it. */
    Optional<String> sessionOfUsed(String code) {
        return Optional.ofNullable(sessionsOfUsedCodes.getIfPresent(code));
    }
}
