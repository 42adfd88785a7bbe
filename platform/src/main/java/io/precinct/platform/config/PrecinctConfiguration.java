package io.precinct.platform.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a node is told at its start. Every value has a default that is safe on one machine; a key that is not known here
 * stops the start.
 */
public final class PrecinctConfiguration extends Configuration {
    private final Path home;
    private final IdentitySettings identity;
    private final LimitSettings limits;
    private final AuditSettings audit;

    @JsonCreator
    public PrecinctConfiguration(
            @JsonProperty("home") Path home,
            @JsonProperty("identity") IdentitySettings identity,
            @JsonProperty("limits") LimitSettings limits,
            @JsonProperty("audit") AuditSettings audit) {
        this.home = Optional.ofNullable(home).orElseGet(() -> Path.of(".precinct"));
        this.identity = Optional.ofNullable(identity).orElse(IdentitySettings.Embedded.DEFAULTS);
        this.limits = Optional.ofNullable(limits).orElse(LimitSettings.DEFAULTS);
        this.audit = Optional.ofNullable(audit).orElse(AuditSettings.DEFAULTS);
        setServerFactory(ServerDefaults.server());
    }

    /** Folder for everything this node keeps: keys, accounts, the embedded database and local graph stores. */
    @JsonProperty
    public Path home() {
        return home;
    }

    @JsonProperty
    public IdentitySettings identity() {
        return identity;
    }

    @JsonProperty
    public LimitSettings limits() {
        return limits;
    }

    @JsonProperty
    public AuditSettings audit() {
        return audit;
    }
}
