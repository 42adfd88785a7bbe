package io.precinct.platform.config;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.util.Duration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.IntSupplier;
import org.eclipse.jetty.http.UriCompliance;

/** The HTTP server as it is without a {@code server} block: one loopback port, no administration port. */
public final class ServerDefaults {
    /** Where the API begins; the administration application, probes and issuer live beside it. */
    public static final String API_ROOT = "/v1/*";

    public static final int PORT = 8080;

    private ServerDefaults() {}

    static DefaultServerFactory server() {
        HttpConnectorFactory connector = new HttpConnectorFactory();
        connector.setBindHost("127.0.0.1");
        connector.setPort(PORT);
        DefaultServerFactory server = new DefaultServerFactory();
        server.setApplicationConnectors(List.of(connector));
        server.setAdminConnectors(List.of());
        server.setEnableVirtualThreads(true);
        server.setShutdownGracePeriod(Duration.seconds(30));
        server.setJerseyRootPath(API_ROOT);
        server.setRegisterDefaultExceptionMappers(false);
        // The framework's own request log writes whole addresses, which hold names and tokens.
        LogbackAccessRequestLogFactory noRequestLog = new LogbackAccessRequestLogFactory();
        noRequestLog.setAppenders(List.of());
        server.setRequestLogFactory(noRequestLog);
        return server;
    }

    /** The first address served, as far as the configuration tells. */
    public static HttpConnectorFactory connector(ServerFactory server) {
        if (server instanceof DefaultServerFactory ours
                && ours.getApplicationConnectors().getFirst() instanceof HttpConnectorFactory connector) {
            return connector;
        }
        throw new IllegalArgumentException("server.type must be 'default' and its first connector must speak http");
    }

    /**
     * What the embedded issuer calls itself: the configured address, or the one served. {@code openedPort} tells the
     * port when the configuration leaves it to the system.
     */
    public static String issuer(PrecinctConfiguration configuration, IntSupplier openedPort) {
        if (configuration.identity() instanceof IdentitySettings.Embedded embedded
                && embedded.url().isPresent()) {
            return embedded.url().get().toString();
        }
        HttpConnectorFactory connector = connector(configuration.getServerFactory());
        int port = connector.getPort() == 0 ? openedPort.getAsInt() : connector.getPort();
        String host = connector.getBindHost();
        return "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port + "/oidc";
    }

    /**
     * Lets one encoded separator into a path segment, since branch names have slashes, and none of the other
     * ambiguities that the wider modes admit together with it.
     */
    public static void acceptEncodedSeparators(ServerFactory server) {
        if (server instanceof DefaultServerFactory ours) {
            ours.getApplicationConnectors().forEach(connector -> {
                if (connector instanceof HttpConnectorFactory http) {
                    http.setUriCompliance(UriCompliance.DEFAULT.with(
                            "ENCODED_SEPARATORS", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
                }
            });
        }
    }

    /** Whether every connector is bound to a loopback address, so that only this machine can reach it. */
    public static boolean loopbackOnly(ServerFactory server) {
        return server instanceof DefaultServerFactory ours
                && ours.getApplicationConnectors().stream().allMatch(ServerDefaults::loopback);
    }

    private static boolean loopback(ConnectorFactory connector) {
        if (!(connector instanceof HttpConnectorFactory http) || http.getBindHost() == null) {
            return false;
        }
        try {
            return InetAddress.getByName(http.getBindHost()).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }
}
