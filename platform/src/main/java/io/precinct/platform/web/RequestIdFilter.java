package io.precinct.platform.web;

import io.precinct.engine.spi.IdSource;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;

/** Gives each request a fresh id. None is taken from the client: a chosen id could forge a link in the audit trail. */
public final class RequestIdFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient IdSource ids;

    public RequestIdFilter(IdSource ids) {
        this.ids = ids;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String id = ids.next();
        RequestId.put(request, id);
        response.setHeader(RequestId.HEADER, id);
        try (MDC.MDCCloseable ignored = MDC.putCloseable("request_id", id)) {
            chain.doFilter(request, response);
        }
    }
}
