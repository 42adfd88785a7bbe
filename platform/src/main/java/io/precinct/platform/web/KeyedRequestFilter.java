package io.precinct.platform.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.CommitId;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.StreamId;
import io.precinct.engine.spi.IdSource;
import io.precinct.platform.errors.BodyRefusedException;
import io.precinct.platform.errors.ErrorResponses;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.Conditions;
import io.precinct.platform.run.OperationKind;
import io.precinct.tenants.KeyedRequest;
import io.precinct.tenants.KeyedRequest.Claim;
import io.precinct.tenants.store.KeyedRequestStore;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes that carry an {@code Idempotency-Key}: sent again, they get the answer of the first time and are not done
 * again; another request under the key is refused. Only answers of success are kept. A write whose answer was lost with
 * its node is tried again under the name of the first try, which is how the engine knows it. Sees requests after their
 * caller and route are known.
 */
public final class KeyedRequestFilter implements ContainerRequestFilter, ContainerResponseFilter {
    static final String KEY = "Idempotency-Key";
    static final String REPLAYED = "Idempotency-Replayed";

    private static final Logger LOG = LoggerFactory.getLogger(KeyedRequestFilter.class);
    private static final String ATTRIBUTE = KeyedRequestFilter.class.getName();
    private static final Pattern KEYS = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private final KeyedRequestStore store;
    private final ObjectMapper json;
    private final IdSource ids;
    private final InstantSource clock;

    @Context
    private ResourceInfo matched;

    @Context
    private HttpServletRequest request;

    public KeyedRequestFilter(KeyedRequestStore store, ObjectMapper json, IdSource ids, InstantSource clock) {
        this.store = store;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public void filter(ContainerRequestContext context) throws IOException {
        Optional<OperationKind> kind = kind().filter(OperationKind::writes);
        if (kind.isEmpty()) {
            return;
        }
        Optional<CommitId> head = RequestConditions.head(context, kind.get());
        Optional<KeyedRequest> keyed = keyed(context);
        if (keyed.isEmpty()) {
            RequestConditions.put(request, new Conditions(head, Optional.empty()));
            return;
        }
        MessageDigest asked = sha256();
        URI uri = context.getUriInfo().getRequestUri();
        // Not the host: any node may be asked again.
        asked.update((context.getMethod() + "\n" + uri.getRawPath() + "\n" + uri.getRawQuery() + "\n" + head + "\n")
                .getBytes(StandardCharsets.UTF_8));
        // Bodies of lines may be far larger than memory: what was asked is known once they have been read.
        boolean streamed =
                context.getMediaType() != null && !context.getMediaType().isCompatible(MediaType.APPLICATION_JSON_TYPE);
        Optional<String> digest = Optional.empty();
        if (!streamed) {
            byte[] body = context.getEntityStream().readAllBytes();
            context.setEntityStream(new ByteArrayInputStream(body));
            digest = Optional.of(hex(asked.digest(body)));
        }
        switch (store.claim(keyed.get(), digest, new CommitId(ids.next()), ids.next(), clock.instant())) {
            case Claim.Granted granted -> {
                if (streamed) {
                    context.setEntityStream(new Described(context.getEntityStream(), asked, granted));
                }
                request.setAttribute(ATTRIBUTE, granted);
                RequestConditions.put(
                        request, new Conditions(head, Optional.of(snapshot -> triedFirst(granted, snapshot))));
            }
            case Claim.Answered answered -> {
                if (streamed && !answered.digest().equals(Optional.of(read(context.getEntityStream(), asked)))) {
                    throw new PlatformException(new PlatformFailure.Plain(Problem.KEY_REUSED));
                }
                context.abortWith(replay(answered));
            }
            case Claim.Held held -> {
                context.abortWith(ErrorResponses.response(
                                new PlatformFailure.Plain(Problem.IN_PROGRESS), RequestId.of(request))
                        .header(
                                "Retry-After",
                                Math.max(1, Math.ceilDiv(held.remaining().toMillis(), 1000)))
                        .build());
            }
            case Claim.Different different ->
                throw new PlatformException(new PlatformFailure.Plain(Problem.KEY_REUSED));
        }
    }

    @Override
    public void filter(ContainerRequestContext context, ContainerResponseContext response) {
        if (!(request.getAttribute(ATTRIBUTE) instanceof Claim.Granted granted)) {
            return;
        }
        try {
            int status = response.getStatus();
            if (status < 300) {
                store.answered(granted, status, text(response.getEntity()));
            } else if (status < 500) {
                store.refused(granted, clock.instant());
            } else {
                store.release(granted, clock.instant());
            }
        } catch (RuntimeException | JsonProcessingException lost) {
            // What happened has happened, and the next try finds out what.
            LOG.atWarn()
                    .setCause(lost)
                    .addKeyValue("request_id", RequestId.of(request))
                    .log("the answer to a request with a key could not be kept");
        }
    }

    private Optional<OperationKind> kind() {
        Method method = matched.getResourceMethod();
        return Optional.ofNullable(method == null ? null : method.getAnnotation(Governed.class))
                .flatMap(governed -> OperationKind.of(governed.operation()));
    }

    private Optional<KeyedRequest> keyed(ContainerRequestContext context) {
        List<String> keys = RequestConditions.values(context, KEY);
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        if (keys.size() > 1 || !KEYS.matcher(keys.getFirst()).matches()) {
            throw RequestConditions.invalid(KEY + " takes one key of 1 to 255 visible ASCII characters");
        }
        Caller caller = Callers.of(request);
        return Optional.of(new KeyedRequest(caller.tenant(), caller.subject(), keys.getFirst()));
    }

    private WriteTerms.Once triedFirst(Claim.Granted granted, Snapshot now) {
        KeyedRequest.Place place =
                store.place(granted, new KeyedRequest.Place(now.stream().value(), now.sequence()));
        return new WriteTerms.Once(granted.commit(), new StreamId(place.stream()), place.since());
    }

    private static Response replay(Claim.Answered answered) {
        Response.ResponseBuilder again = Response.status(answered.status()).header(REPLAYED, "true");
        if (!answered.answer().isEmpty()) {
            again.type(MediaType.APPLICATION_JSON_TYPE).entity(answered.answer().getBytes(StandardCharsets.UTF_8));
        }
        return again.build();
    }

    private String text(Object entity) throws JsonProcessingException {
        return entity == null ? "" : json.writeValueAsString(entity);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    private static String read(InputStream body, MessageDigest asked) throws IOException {
        new DigestInputStream(body, asked).transferTo(OutputStream.nullOutputStream());
        return hex(asked.digest());
    }

    /** A body that says what was asked once it has been read to its end, before anything of it is published. */
    private final class Described extends FilterInputStream {
        private final MessageDigest asked;
        private final Claim.Granted granted;
        private boolean told;

        Described(InputStream body, MessageDigest asked, Claim.Granted granted) {
            super(body);
            this.asked = asked;
            this.granted = granted;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int some = in.read(target, offset, length);
            if (some > 0) {
                asked.update(target, offset, some);
            } else if (some < 0 && !told) {
                told = true;
                if (!store.describe(granted, hex(asked.digest()))) {
                    throw new BodyRefusedException(new PlatformFailure.Plain(Problem.KEY_REUSED));
                }
            }
            return some;
        }

        @Override
        public long skip(long count) throws IOException {
            return readNBytes((int) Math.min(count, 8_192)).length;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
