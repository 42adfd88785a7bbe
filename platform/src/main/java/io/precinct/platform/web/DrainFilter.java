package io.precinct.platform.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Refuses new API requests while the node shuts down, on connections that were open before. */
public final class DrainFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient Drain drain;
    private final transient ObjectMapper json;

    public DrainFilter(Drain drain, ObjectMapper json) {
        this.drain = drain;
        this.json = json;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (drain.draining()) {
            response.setHeader("Connection", "close");
            response.setHeader("Retry-After", "5");
            Answers.failure(request, response, new PlatformFailure.Plain(Problem.DRAINING), json);
            return;
        }
        chain.doFilter(request, response);
    }
}
