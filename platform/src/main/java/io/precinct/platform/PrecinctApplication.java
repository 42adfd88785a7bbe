package io.precinct.platform;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.precinct.platform.config.PrecinctConfiguration;
import io.precinct.platform.config.ShippedOrFile;
import io.precinct.platform.identity.TenantDirectory;
import io.precinct.tenants.TenantId;
import java.util.Optional;

/** The node's main class: {@code server [FILE]} serves, {@code check [FILE]} only reads the configuration. */
public class PrecinctApplication extends Application<PrecinctConfiguration> {
    public static void main(String[] arguments) throws Exception {
        new PrecinctApplication().run(arguments);
    }

    @Override
    public String getName() {
        return "precinct";
    }

    @Override
    public void initialize(Bootstrap<PrecinctConfiguration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                new ShippedOrFile(bootstrap.getConfigurationSourceProvider()),
                new EnvironmentVariableSubstitutor(false)));
        bootstrap.addCommand(new TokenCommand());
    }

    @Override
    public void run(PrecinctConfiguration configuration, Environment environment) throws Exception {
        environment.getObjectMapper().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
        environment.getObjectMapper().disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
        compose(new Wiring(configuration, environment));
    }

    /** Puts the parts together. */
    protected void compose(Wiring wiring) throws Exception {
        wiring.serve(wiring.issuers(), NO_TENANTS, mismatch -> {});
    }

    private static final TenantDirectory NO_TENANTS = new TenantDirectory() {
        @Override
        public Optional<TenantId> named(String nameOrId) {
            return Optional.empty();
        }

        @Override
        public Optional<TenantId> ofOrganization(String issuer, String organizationId) {
            return Optional.empty();
        }
    };
}
