package io.precinct.platform;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.config.PrecinctConfiguration;
import io.precinct.platform.config.ServerDefaults;
import io.precinct.platform.identity.issuer.EmbeddedIssuer;
import io.precinct.platform.web.Ulids;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code token --as TENANT/USER [--minutes N] FILE}: prints a bearer token of the embedded issuer, for programs and tries. */
final class TokenCommand extends ConfiguredCommand<PrecinctConfiguration> {
    TokenCommand() {
        super("token", "Prints a bearer token of an account of the embedded issuer");
    }

    @Override
    public void configure(Subparser parser) {
        super.configure(parser);
        parser.addArgument("--as")
                .dest("who")
                .required(true)
                .metavar("TENANT/USER")
                .help("whose token");
        parser.addArgument("--minutes")
                .dest("minutes")
                .type(Integer.class)
                .setDefault(60)
                .help("how long it is valid");
    }

    @Override
    protected void run(Bootstrap<PrecinctConfiguration> bootstrap, Namespace arguments, PrecinctConfiguration settings)
            throws Exception {
        if (!(settings.identity() instanceof IdentitySettings.Embedded)) {
            throw new IllegalStateException("tokens come from the external issuer; ask it for one");
        }
        String who = arguments.getString("who");
        int slash = who.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("say whose token as TENANT/USER");
        }
        Clock clock = Clock.systemUTC();
        Optional<String> token = EmbeddedIssuer.mint(
                new EmbeddedIssuer.MintOrder(
                        settings.home(),
                        ServerDefaults.issuer(settings, () -> {
                            throw new IllegalStateException("set identity.url or a fixed port: the port is not known");
                        }),
                        who.substring(0, slash),
                        who.substring(slash + 1).toLowerCase(Locale.ROOT),
                        Duration.ofMinutes(arguments.getInt("minutes"))),
                clock,
                new Ulids(clock));
        System.out.println(token.orElseThrow(
                () -> new IllegalArgumentException("there is no account " + who + "; look it up in the members list")));
    }

    /** One sentence instead of a stack trace: what fails here is what was asked for. */
    @Override
    public void onError(Cli cli, Namespace namespace, Throwable failed) {
        cli.getStdErr().println(failed.getMessage());
    }
}
