package io.precinct.platform.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;

/** A caller of the REST API with a token, or none. */
public final class Api {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final URI base;
    private final Optional<String> token;

    Api(URI base, Optional<String> token) {
        this.base = base;
        this.token = token;
    }

    record Answer(int status, String body, Map<String, java.util.List<String>> headers) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException notJson) {
                throw new UncheckedIOException(body, notJson);
            }
        }

        Answer expect(int expected) {
            if (status != expected) {
                throw new AssertionError("expected " + expected + " and got " + status + ": " + body);
            }
            return this;
        }
    }

    Answer get(String path) {
        return send("GET", path, "application/json", Optional.empty());
    }

    Answer delete(String path) {
        return send("DELETE", path, "application/json", Optional.empty());
    }

    Answer post(String path, JsonNode body) {
        return send("POST", path, "application/json", Optional.of(body.toString()));
    }

    Answer postNdjson(String path, String body) {
        return send("POST", path, "application/x-ndjson", Optional.of(body));
    }

    Answer query(String graphPath, String text) {
        return query(graphPath, text, JSON.createObjectNode());
    }

    Answer query(String graphPath, String text, ObjectNode params) {
        ObjectNode body = JSON.createObjectNode().put("query", text);
        body.set("params", params);
        return post(graphPath + "/query", body);
    }

    /** Sends a request and goes before it is answered. */
    void abandon(String method, String path, JsonNode body) throws IOException, InterruptedException {
        byte[] text = body.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        try (java.net.Socket socket = new java.net.Socket(base.getHost(), base.getPort())) {
            String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Authorization: Bearer " + token.orElseThrow() + "\r\nContent-Length: " + text.length
                    + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            socket.getOutputStream().write(text);
            socket.getOutputStream().flush();
            java.util.concurrent.TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    Answer send(String method, String path, String type, Optional<String> body) {
        return send(method, path, type, body, Map.of());
    }

    Answer post(String path, JsonNode body, Map<String, String> headers) {
        return send("POST", path, "application/json", Optional.of(body.toString()), headers);
    }

    Answer send(String method, String path, String type, Optional<String> body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", type)
                .method(
                        method,
                        body.map(HttpRequest.BodyPublishers::ofString).orElseGet(HttpRequest.BodyPublishers::noBody));
        headers.forEach(request::header);
        token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(), response.body(), response.headers().map());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
