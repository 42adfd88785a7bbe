package io.precinct.platform.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.platform.config.LimitSettings;
import io.precinct.platform.errors.BodyRefusedException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Bounds request bodies: a declared length over the route's limit is answered 413 before a byte is read; an undeclared
 * one is counted, and the stream fails with {@link BodyRefusedException} at the first byte too many.
 */
public final class BodyLimitFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient LimitSettings limits;
    private final transient ObjectMapper json;

    public BodyLimitFilter(LimitSettings limits, ObjectMapper json) {
        this.limits = limits;
        this.json = json;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        long limit = limitOf(request.getRequestURI());
        long declared = request.getContentLengthLong();
        if (declared > limit) {
            response.setHeader("Connection", "close");
            Answers.failure(request, response, new PlatformFailure.BodyTooLarge(limit, declared), json);
            return;
        }
        chain.doFilter(new CountedRequest(request, limit), response);
    }

    /** By the raw path's end: the routes of loads are the only ones that take more than the ordinary limit. */
    private long limitOf(String path) {
        if (!path.startsWith("/v1/")) {
            return limits.body().toBytes();
        }
        if (path.endsWith("/load/ndjson")) {
            return limits.streamedLoad().toBytes();
        }
        return path.endsWith("/load") || path.endsWith("/ingest")
                ? limits.load().toBytes()
                : limits.body().toBytes();
    }

    private static final long LEAST_BYTES_A_SECOND = 1_024;

    /** Waiting for bytes that any body may cost. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final class CountedRequest extends HttpServletRequestWrapper {
        private final long limit;
        private CountedStream stream;

        CountedRequest(HttpServletRequest request, long limit) {
            super(request);
            this.limit = limit;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (stream == null) {
                stream = new CountedStream(super.getInputStream(), limit, System::nanoTime);
            }
            return stream;
        }

        @Override
        public BufferedReader getReader() throws IOException {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }

    static final class CountedStream extends ServletInputStream {
        private final ServletInputStream source;
        private final long limit;
        private long read;
        private long waited;
        private final LongSupplier nanos;

        CountedStream(ServletInputStream source, long limit, LongSupplier nanos) {
            this.source = source;
            this.nanos = nanos;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            long began = nanos.getAsLong();
            int one = source.read();
            if (one >= 0) {
                count(1, nanos.getAsLong() - began);
            }
            return one;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            long began = nanos.getAsLong();
            int some = source.read(target, offset, length);
            if (some > 0) {
                count(some, nanos.getAsLong() - began);
            }
            return some;
        }

        /** A body that trickles holds a thread and a lease of its tenant's engine; the time between reads is ours. */
        private void count(int more, long nanosWaited) throws BodyRefusedException {
            read += more;
            waited += nanosWaited;
            if (waited > PATIENCE.toNanos() && read < LEAST_BYTES_A_SECOND * (waited / 1_000_000_000)) {
                throw new BodyRefusedException(new PlatformFailure.Plain(Problem.BODY_TOO_SLOW));
            }
            if (read > limit) {
                throw new BodyRefusedException(new PlatformFailure.BodyTooLarge(limit, read));
            }
        }

        @Override
        public boolean isFinished() {
            return source.isFinished();
        }

        @Override
        public boolean isReady() {
            return source.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            source.setReadListener(listener);
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
