package io.precinct.platform;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.config.PrecinctConfiguration;
import io.precinct.platform.config.ShippedOrFile;
import io.precinct.platform.identity.issuer.EmbeddedIssuer;
import io.precinct.platform.web.Probes;
import java.util.List;
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
        Node node = Node.compose(wiring);
        PrecinctConfiguration configuration = wiring.configuration();
        if (configuration.identity() instanceof IdentitySettings.Embedded embedded) {
            EmbeddedIssuer issuer = wiring.embeddedIssuer(embedded);
            Start start = new Start(wiring, node, Optional.of(issuer));
            wiring.addReadiness(
                    "demonstration", Probes.ReadinessCheck.that(start::demonstrationReady, "not_loaded_yet"));
            wiring.whenServing(start::serving);
            wiring.serve(() -> List.of(issuer.trusted()), node.addresses(), node.mismatches());
        } else {
            Start start = new Start(wiring, node, Optional.empty());
            wiring.whenServing(start::serving);
            wiring.serve(wiring.issuers(), node.addresses(), node.mismatches());
        }
    }
}
