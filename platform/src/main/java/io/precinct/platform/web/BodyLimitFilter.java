package io.precinct.platform.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.platform.config.LimitSettings;
import io.precinct.platform.errors.BodyTooLargeException;
import io.precinct.platform.errors.PlatformFailure;
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

/**
 * Bounds request bodies: a declared length over the route's limit is answered 413 before a byte is read; an undeclared
 * one is counted, and the stream fails with {@link BodyTooLargeException} at the first byte too many.
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
                stream = new CountedStream(super.getInputStream(), limit);
            }
            return stream;
        }

        @Override
        public BufferedReader getReader() throws IOException {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }

    private static final class CountedStream extends ServletInputStream {
        private final ServletInputStream source;
        private final long limit;
        private long read;

        CountedStream(ServletInputStream source, long limit) {
            this.source = source;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            int one = source.read();
            if (one >= 0) {
                count(1);
            }
            return one;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int some = source.read(target, offset, length);
            if (some > 0) {
                count(some);
            }
            return some;
        }

        private void count(int more) throws BodyTooLargeException {
            read += more;
            if (read > limit) {
                throw new BodyTooLargeException(new PlatformFailure.BodyTooLarge(limit, read));
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
