package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands between a client and a server of plain HTTP, passes every byte on, and notes the first line of each request. */
final class RequestLog implements AutoCloseable {
    private static final Pattern FIRST_LINE = Pattern.compile("(?:GET|HEAD|PUT|POST|DELETE) \\S+(?= HTTP/1\\.1\r\n)");
    private static final int LONGEST_LINE = 4096;

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> sockets = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private final URI server;

    RequestLog(URI server) throws IOException {
        this.server = server;
        threads.submit(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    synchronized void forget() {
        requests.clear();
    }

    private Void accept() throws IOException {
        while (true) {
            Socket client = opened(listening.accept());
            Socket behind = opened(new Socket(server.getHost(), server.getPort()));
            threads.submit(() -> pass(client, behind, true));
            threads.submit(() -> pass(behind, client, false));
        }
    }

    private synchronized Socket opened(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    private Void pass(Socket from, Socket to, boolean noted) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[1 << 16];
            StringBuilder seen = new StringBuilder();
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                if (noted) {
                    note(seen.append(new String(bytes, 0, n, ISO_8859_1)));
                }
                out.write(bytes, 0, n);
                out.flush();
            }
            return null;
        }
    }

    /** Keeps what may be the beginning of a line that has not come to its end. */
    private synchronized void note(StringBuilder seen) {
        Matcher lines = FIRST_LINE.matcher(seen);
        int end = Math.max(0, seen.length() - LONGEST_LINE);
        while (lines.find()) {
            requests.add(lines.group());
            end = Math.max(end, lines.end());
        }
        seen.delete(0, end);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        synchronized (this) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        threads.shutdownNow();
    }
}
