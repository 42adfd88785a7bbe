package io.precinct.engine.write;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Contents of Blobs that others keep, below the addresses that the operator allows; without any, none. No redirect is
 * followed, because it could lead out of what is allowed. At most eight are asked at once. Thread-safe.
 */
public final class ExternalBlobs {
    public static final ExternalBlobs NONE = new ExternalBlobs(List.of(), 0);

    static final int LONGEST_ADDRESS = 64 << 10;
    private static final int AT_ONCE = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<URI> bases;
    private final int mostBytes;
    private final Semaphore asked = new Semaphore(AT_ONCE);
    private Optional<HttpClient> client = Optional.empty();

    /**
     * @param bases addresses that end in '/', of {@code https} or {@code http}: what lies below them is allowed
     * @param mostBytes of a content that is copied
     */
    public ExternalBlobs(List<URI> bases, int mostBytes) {
        for (URI base : bases) {
            if (!isBase(base)) {
                throw new IllegalArgumentException("'" + base
                        + "' is no address of http or https that ends in '/', without user, query and fragment");
            }
        }
        this.bases = List.copyOf(bases);
        this.mostBytes = mostBytes;
    }

    /** Whether addresses may be allowed below this one. */
    public static boolean isBase(URI base) {
        return isPlain(base) && base.getRawQuery() == null && base.getRawPath().endsWith("/");
    }

    /** The address, if it is one and allowed. */
    Optional<URI> allowed(String address) {
        if (address.length() > LONGEST_ADDRESS) {
            return Optional.empty();
        }
        URI uri;
        try {
            uri = URI.create(address);
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
        return Optional.of(uri)
                .filter(ExternalBlobs::isPlain)
                .filter(one -> one.equals(one.normalize())
                        && !one.getRawPath().contains("%2e")
                        && !one.getRawPath().contains("%2E"))
                .filter(one -> bases.stream().anyMatch(base -> isBelow(base, one)));
    }

    private static boolean isPlain(URI uri) {
        return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawFragment() == null
                && uri.getRawPath() != null;
    }

    private static boolean isBelow(URI base, URI uri) {
        return base.getScheme().equals(uri.getScheme())
                && base.getHost().equalsIgnoreCase(uri.getHost())
                && base.getPort() == uri.getPort()
                && uri.getRawPath().startsWith(base.getRawPath());
    }

    /** The content behind an allowed address. */
    byte[] copy(URI address) throws ValueReader.Unfit {
        HttpResponse<InputStream> answer = ask(HttpRequest.newBuilder(address).GET(), address);
        try (InputStream body = answer.body()) {
            requireThere(answer, address);
            byte[] content = body.readNBytes(mostBytes + 1);
            if (content.length > mostBytes) {
                throw new EngineException(
                        new EngineFailure.ResourceLimit("bytes of an external Blob", mostBytes, content.length));
            }
            return content;
        } catch (IOException broken) {
            throw unavailable(address, broken);
        }
    }

    /** That there is something behind an allowed address. */
    void probe(URI address) throws ValueReader.Unfit {
        HttpResponse<InputStream> answer =
                ask(HttpRequest.newBuilder(address).method("HEAD", HttpRequest.BodyPublishers.noBody()), address);
        try (InputStream body = answer.body()) {
            requireThere(answer, address);
        } catch (IOException broken) {
            throw unavailable(address, broken);
        }
    }

    private static void requireThere(HttpResponse<?> answer, URI address) throws ValueReader.Unfit {
        if (answer.statusCode() >= 500 || answer.statusCode() == 429) {
            throw unavailable(address, new IOException("it answered " + answer.statusCode()));
        }
        if (answer.statusCode() != 200) {
            throw new ValueReader.Unfit(
                    "nothing can be read at the external address: it answered " + answer.statusCode());
        }
    }

    private HttpResponse<InputStream> ask(HttpRequest.Builder request, URI address) {
        boolean entered = false;
        try {
            asked.acquire();
            entered = true;
            return client().send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException broken) {
            throw unavailable(address, broken);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new EngineException(new EngineFailure.Interrupted(false), stop);
        } finally {
            if (entered) {
                asked.release();
            }
        }
    }

    private synchronized HttpClient client() {
        if (client.isEmpty()) {
            client = Optional.of(HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(PATIENCE)
                    .build());
        }
        return client.get();
    }

    private static EngineException unavailable(URI address, IOException broken) {
        return new EngineException(
                new EngineFailure.StorageUnavailable(
                        "the external Blob at '" + address + "' can't be read: " + broken.getMessage(),
                        EngineFailure.Retry.LATER),
                broken);
    }
}
