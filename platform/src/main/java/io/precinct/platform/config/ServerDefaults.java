package io.precinct.platform.config;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.util.Duration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

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
