package io.precinct.tenants;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;

/**
 * The registry as requests read it: by id or slug, at most {@code staleness} old, so that a suspension made on any node binds
 * here within that time. Moves made on this node show at once. Unknown names are not remembered, and without the database
 * nothing older than the bound is served. Thread-safe.
 */
public final class TenantDirectory {
    public static final Duration DEFAULT_STALENESS = Duration.ofSeconds(2);
    private static final int MOST_ENTRIES = 50_000;

    private final TenantRegistry registry;
    private final Cache<String, Tenant> byName;

    public TenantDirectory(TenantRegistry registry, Duration staleness, Ticker ticker) {
        this.registry = registry;
        this.byName = Caffeine.newBuilder()
                .expireAfterWrite(staleness)
                .maximumSize(MOST_ENTRIES)
                .ticker(ticker)
                .build();
        registry.onMove(this::forget);
    }

    /** The tenant that an address means: its id, or the slug it has now. Whatever is no name at all is unknown. */
    public Optional<Tenant> find(String idOrSlug) {
        return Optional.ofNullable(byName.get(idOrSlug, name -> read(name).orElse(null)));
    }

    /**
     * @throws TenantException.Absent {@code UNKNOWN_TENANT}
     */
    public Tenant require(TenantId id) {
        return find(id.value())
                .orElseThrow(() ->
                        new TenantException.Absent(TenantException.Code.UNKNOWN_TENANT, "there is no such tenant"));
    }

    private Optional<Tenant> read(String name) {
        // An id begins with a digit and a slug with a letter, so no name can mean two tenants.
        boolean looksLikeId = !name.isEmpty() && Character.isDigit(name.charAt(0));
        try {
            return looksLikeId ? registry.find(new TenantId(name)) : registry.findBySlug(new TenantSlug(name));
        } catch (TenantException.Invalid noName) {
            return Optional.empty();
        }
    }

    private void forget(Tenant moved) {
        byName.invalidate(moved.id().value());
        byName.invalidate(moved.slug().value());
    }
}
