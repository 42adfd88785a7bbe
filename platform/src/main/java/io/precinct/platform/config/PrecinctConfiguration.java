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
    private final DatabaseConfiguration database;
    private final EngineSettings engines;
    private final StoreSettings store;
    private final EmbeddingSettings embedding;
    private final boolean demonstration;

    @JsonCreator
    public PrecinctConfiguration(
            @JsonProperty("home") Path home,
            @JsonProperty("identity") IdentitySettings identity,
            @JsonProperty("limits") LimitSettings limits,
            @JsonProperty("audit") AuditSettings audit,
            @JsonProperty("database") DatabaseConfiguration database,
            @JsonProperty("engines") EngineSettings engines,
            @JsonProperty("store") StoreSettings store,
            @JsonProperty("embedding") EmbeddingSettings embedding,
            @JsonProperty("demonstration") Boolean demonstration) {
        this.home = Optional.ofNullable(home).orElseGet(() -> Path.of(".precinct"));
        this.identity = Optional.ofNullable(identity).orElse(IdentitySettings.Embedded.DEFAULTS);
        this.limits = Optional.ofNullable(limits).orElse(LimitSettings.DEFAULTS);
        this.audit = Optional.ofNullable(audit).orElse(AuditSettings.DEFAULTS);
        this.database = Optional.ofNullable(database).orElse(DatabaseConfiguration.EMBEDDED);
        this.engines = Optional.ofNullable(engines).orElse(EngineSettings.DEFAULTS);
        this.store = Optional.ofNullable(store).orElse(StoreSettings.DEFAULTS);
        this.embedding = Optional.ofNullable(embedding).orElse(EmbeddingSettings.DEFAULTS);
        this.demonstration = Optional.ofNullable(demonstration).orElse(true);
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

    @JsonProperty
    public DatabaseConfiguration database() {
        return database;
    }

    @JsonProperty
    public EngineSettings engines() {
        return engines;
    }

    @JsonProperty
    public StoreSettings store() {
        return store;
    }

    @JsonProperty
    public EmbeddingSettings embedding() {
        return embedding;
    }

    /** Whether two demonstration tenants are loaded on first start. Only with the embedded issuer. */
    @JsonProperty
    public boolean demonstration() {
        return demonstration;
    }
}
