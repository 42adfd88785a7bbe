package io.precinct.platform.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Serves the administration application from the class path folder {@code /ui}. A path without a file, asked for by
 * something that takes HTML, gets {@code index.html}: the application routes its own deep links. Files whose name
 * carries a content hash may be kept for ever, everything else is asked for again each time.
 */
public final class UiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Pattern PLAIN_PATH = Pattern.compile("(/[A-Za-z0-9_@-][A-Za-z0-9_.@-]*)+");
    private static final Pattern HASHED = Pattern.compile("/assets/.*-[A-Za-z0-9_-]{8,}\\.[a-z0-9]+");
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff", "font/woff"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"));
    private static final String PLACEHOLDER = """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Precinct</title>
            <h1>Precinct is running</h1>
            <p>This build was made without the administration application. The API is at <code>/v1</code>,
            its description at <a href="/openapi.json">/openapi.json</a>.</p></html>
            """;

    private final String root;

    /** {@code root} is the class path folder without a slash at its end, as in {@code /ui}. */
    public UiServlet(String root) {
        this.root = root;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RequestFacts.of(request).operation("ui");
        String path = request.getRequestURI();
        Optional<URL> file = PLAIN_PATH.matcher(path).matches() ? file(path) : Optional.empty();
        if (file.isPresent()) {
            response.setHeader(
                    "Cache-Control",
                    HASHED.matcher(path).matches() ? "public, max-age=31536000, immutable" : "no-cache");
            send(file.get(), typeOf(path), response);
        } else if (takesHtml(request)) {
            response.setHeader("Cache-Control", "no-cache");
            Optional<URL> index = file("/index.html");
            if (index.isPresent()) {
                send(index.get(), TYPES.get("html"), response);
            } else {
                Answers.text(response, 200, TYPES.get("html"), PLACEHOLDER);
            }
        } else {
            Answers.text(response, 404, TYPES.get("txt"), "not found\n");
        }
    }

    private Optional<URL> file(String path) {
        if (!path.substring(path.lastIndexOf('/')).contains(".")) {
            return Optional.empty();
        }
        return Optional.ofNullable(UiServlet.class.getResource(root + path));
    }

    private static boolean takesHtml(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains("text/html");
    }

    private static String typeOf(String path) {
        String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(extension, "application/octet-stream");
    }

    private static void send(URL file, String type, HttpServletResponse response) throws IOException {
        URLConnection connection = file.openConnection();
        connection.setUseCaches(false);
        try (InputStream bytes = connection.getInputStream()) {
            response.setContentType(type);
            response.setContentLengthLong(connection.getContentLengthLong());
            bytes.transferTo(response.getOutputStream());
        }
    }
}
