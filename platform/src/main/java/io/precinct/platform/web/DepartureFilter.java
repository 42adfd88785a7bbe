package io.precinct.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Watches over the client of each request while it runs; what works for it asks {@link Departures#of}. */
public final class DepartureFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient Departures departures;

    public DepartureFilter(Departures departures) {
        this.departures = departures;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try (Departures.Presence presence = departures.watch(request)) {
            chain.doFilter(request, response);
        }
    }
}
