package io.precinct.platform.identity.issuer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Stops guessing: after ten failures of one name within a quarter of an hour it is refused until that has passed. */
final class SignInLimit {
    static final int FAILURES = 10;
    static final Duration WINDOW = Duration.ofMinutes(15);

    private final Cache<String, AtomicInteger> failures =
            Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(WINDOW).build();

    boolean exhausted(String name) {
        AtomicInteger count = failures.getIfPresent(name);
        return count != null && count.get() >= FAILURES;
    }

    void failed(String name) {
        failures.get(name, fresh -> new AtomicInteger()).incrementAndGet();
    }

    void succeeded(String name) {
        failures.invalidate(name);
    }
}
