package io.precinct.platform.run;

import io.precinct.tenants.CreateTenant;
import io.precinct.tenants.TenantSlug;
import java.util.Optional;

/** The platform's own tenant: its members operate the others, under a policy like everybody else's. */
public final class PlatformTenant {
    public static final TenantSlug SLUG = new TenantSlug("platform");

    private PlatformTenant() {}

    public static CreateTenant order() {
        return new CreateTenant(SLUG, "Platform", "platform", "local", Optional.of("platform"));
    }
}
