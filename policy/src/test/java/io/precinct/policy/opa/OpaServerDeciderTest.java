package io.precinct.policy.opa;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.precinct.policy.Decider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;

class OpaServerDeciderTest extends DeciderContract {
    private interface Answer {
        void give(HttpExchange exchange) throws IOException;
    }

    private final List<HttpServer> servers = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void stop() {
        over.countDown();
        servers.forEach(server -> server.stop(0));
    }

    private Decider served(Answer answer, Duration timeout) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/v1/data/precinct/main/decision", answer::give);
            server.start();
            servers.add(server);
            return new OpaServerDecider(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort()), timeout);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    Decider answering(String decision) {
        return answeringRaw(("{\"result\":" + decision + ",\"decision_id\":\"x\"}").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    Decider answeringRaw(byte[] answer) {
        return served(
                exchange -> {
                    exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                },
                Duration.ofSeconds(10));
    }

    @Override
    Decider breakingOff() {
        return served(
                exchange -> {
                    exchange.sendResponseHeaders(500, -1);
                    exchange.close();
                },
                Duration.ofSeconds(10));
    }

    @Override
    Decider late() {
        return served(
                exchange -> {
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.close();
                },
                Duration.ofMillis(200));
    }
}
