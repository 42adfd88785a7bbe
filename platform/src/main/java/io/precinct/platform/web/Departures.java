package io.precinct.platform.web;

import io.dropwizard.lifecycle.Managed;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.SelectableChannelEndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the client of a running request has gone, so that nobody works for it any longer. While HTTP/1.1 runs a
 * request nothing reads its connection; here a second selector watches it, from {@link #PATIENCE} after the request began,
 * so that short ones cost nothing. Readable without a byte to read is the client's end of the stream.
 *
 * <p>A client that shuts its sending side down and waits is taken for gone, as proxies do. A connection whose next request
 * has already arrived, or that is encrypted, is not watched any further: its bytes can't be told from a farewell.
 *
 * <p>Thread-safe; one thread of its own between {@link #start} and {@link #stop}.
 */
public final class Departures implements Managed {
    /** How long a request runs before it is watched. */
    static final Duration PATIENCE = Duration.ofMillis(40);

    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);
    private static final String ATTRIBUTE = Departures.class.getName();

    private final ConcurrentLinkedQueue<Presence> arrivals = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Presence> young = new ArrayDeque<>();
    private final Selector selector;
    private final Thread watcher =
            Thread.ofPlatform().daemon().name("departures").unstarted(this::watch);

    public Departures() {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the client of this request is known to have gone. Asking is one read of a field. */
    public static BooleanSupplier of(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Presence presence ? presence : () -> false;
    }

    /** Watches the request's connection until the presence is closed. */
    Presence watch(HttpServletRequest request) {
        Presence presence = new Presence(channel(request), System.nanoTime());
        request.setAttribute(ATTRIBUTE, presence);
        if (presence.channel.isPresent()) {
            arrivals.add(presence);
        }
        return presence;
    }

    private static Optional<SocketChannel> channel(HttpServletRequest request) {
        return ServletContextRequest.getServletContextRequest(request)
                                        .getConnectionMetaData()
                                        .getConnection()
                                        .getEndPoint()
                                instanceof SelectableChannelEndPoint plain
                        && plain.getChannel() instanceof SocketChannel socket
                ? Optional.of(socket)
                : Optional.empty();
    }

    /** One request's client. */
    final class Presence implements BooleanSupplier, AutoCloseable {
        private final Optional<SocketChannel> channel;
        private final long since;
        private volatile boolean gone;
        private volatile boolean over;
        private volatile Optional<SelectionKey> key = Optional.empty();

        private Presence(Optional<SocketChannel> channel, long since) {
            this.channel = channel;
            this.since = since;
        }

        @Override
        public boolean getAsBoolean() {
            return gone;
        }

        @Override
        public void close() {
            over = true;
            key.ifPresent(watched -> {
                watched.cancel();
                // Only a selection lets go of the channel, and a closed connection waits for that.
                selector.wakeup();
            });
        }
    }

    @Override
    public void start() {
        watcher.start();
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        selector.close();
        watcher.join();
    }

    private void watch() {
        try {
            while (selector.isOpen()) {
                selector.select(PATIENCE.toMillis() / 2);
                Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
                while (ready.hasNext()) {
                    SelectionKey key = ready.next();
                    ready.remove();
                    look(key, (Presence) key.attachment());
                }
                admit();
            }
        } catch (ClosedSelectorException stopped) {
            LOG.debug("watching ends with the node");
        } catch (IOException | RuntimeException broken) {
            LOG.error("no longer noticing clients that go; their requests run to their end", broken);
        }
    }

    private void admit() {
        for (Presence next = arrivals.poll(); next != null; next = arrivals.poll()) {
            young.add(next);
        }
        long old = System.nanoTime() - PATIENCE.toNanos();
        while (!young.isEmpty() && young.peek().since - old <= 0) {
            Presence grown = young.remove();
            if (!grown.over) {
                register(grown);
            }
        }
    }

    private void register(Presence presence) {
        SocketChannel channel = presence.channel.orElseThrow();
        try {
            // The key of the connection's last request is gone only after a selection.
            SelectionKey former = channel.keyFor(selector);
            if (former != null) {
                selector.selectNow();
            }
            presence.key = Optional.of(channel.register(selector, SelectionKey.OP_READ, presence));
            if (presence.over) {
                presence.close();
            }
        } catch (IOException | java.nio.channels.IllegalBlockingModeException closed) {
            presence.gone = !channel.isOpen();
        }
    }

    private static void look(SelectionKey key, Presence presence) {
        try {
            if (key.isValid()) {
                presence.gone |=
                        presence.channel.orElseThrow().socket().getInputStream().available() == 0;
                key.cancel();
            }
        } catch (IOException reset) {
            presence.gone = true;
            key.cancel();
        }
    }
}
