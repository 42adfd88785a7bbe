package io.precinct.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.platform.TestNode;
import io.precinct.platform.identity.issuer.Accounts;
import io.precinct.platform.identity.issuer.EmbeddedIssuer;
import io.precinct.platform.identity.issuer.IssuerState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeparturesTest {
    @TempDir
    static Path home;

    private static TestNode node;
    private static String bearer;

    @BeforeAll
    static void start() throws Exception {
        node = new TestNode(home);
        Accounts accounts = node.issuer().accounts();
        IssuerState.Account ann =
                accounts.create(new Accounts.NewAccount("ann", "Ann", Map.of(), false, false), Optional.empty());
        accounts.assign(ann.id(), TestNode.ACME, "acme", Set.of("editor"));
        Clock clock = Clock.systemUTC();
        bearer = EmbeddedIssuer.mint(
                        new EmbeddedIssuer.MintOrder(home, node.base() + "/oidc", "acme", "ann", Duration.ofMinutes(5)),
                        clock,
                        new Ulids(clock))
                .orElseThrow();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Socket asking(CountDownLatch running, CountDownLatch release) throws IOException {
        TestNode.Echo.RUNNING.add(running);
        TestNode.Echo.RELEASE.add(release);
        Socket socket = new Socket(node.base().getHost(), node.base().getPort());
        ask(socket);
        return socket;
    }

    private static void ask(Socket socket) throws IOException {
        String request = "GET /v1/tenants/acme/waiting HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + bearer
                + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** The body of the next answer: it ends with its closing brace, and no line ends it. */
    private static String answer(BufferedReader reader) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf("}") < 0) {
            read.append((char) reader.read());
        }
        return read.substring(read.indexOf("{"));
    }

    @Test
    void aClientThatGoesIsNoticedWhileItsRequestRuns() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch departed = new CountDownLatch(1);
        TestNode.Echo.DEPARTED.add(departed);
        try (Socket socket = asking(running, new CountDownLatch(1))) {
            assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(departed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aClientThatWaitsIsNotTakenForGoneOnAnyOfItsRequests() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch firstRunning = new CountDownLatch(1);
        try (Socket socket = asking(firstRunning, first);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(firstRunning.await(20, TimeUnit.SECONDS)).isTrue();
            watched();
            first.countDown();
            assertThat(answer(reader)).isEqualTo("{\"departed\":false}");

            CountDownLatch departed = new CountDownLatch(1);
            TestNode.Echo.DEPARTED.add(departed);
            CountDownLatch running = new CountDownLatch(1);
            TestNode.Echo.RUNNING.add(running);
            TestNode.Echo.RELEASE.add(new CountDownLatch(1));
            ask(socket);
            assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
            watched();
            socket.close();
            assertThat(departed.await(20, TimeUnit.SECONDS))
                    .as("the second request of a connection")
                    .isTrue();
        }
    }

    @Test
    void aNextRequestThatIsAlreadyThereIsAnsweredToo() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        try (Socket socket = asking(running, first);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
            TestNode.Echo.RUNNING.add(new CountDownLatch(1));
            CountDownLatch second = new CountDownLatch(1);
            TestNode.Echo.RELEASE.add(second);
            ask(socket);
            watched();
            first.countDown();
            assertThat(answer(reader)).isEqualTo("{\"departed\":false}");
            second.countDown();
            assertThat(answer(reader)).isEqualTo("{\"departed\":false}");
        }
    }

    /** Long enough for the watch to have begun; what a test finds then does not depend on it having. */
    private static void watched() throws InterruptedException {
        Thread.sleep(Departures.PATIENCE.multipliedBy(3));
    }
}
