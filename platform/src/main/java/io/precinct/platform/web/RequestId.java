package io.precinct.platform.web;

import jakarta.servlet.ServletRequest;

/** The id every request gets from us, readable wherever the servlet request is. */
public final class RequestId {
    /** Response header that carries it. A header of this name in a request is ignored. */
    public static final String HEADER = "X-Request-Id";

    private static final String ATTRIBUTE = RequestId.class.getName();

    private RequestId() {}

    /** The request's id, or the empty string if the request did not pass {@link RequestIdFilter}. */
    public static String of(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof String id ? id : "";
    }

    static void put(ServletRequest request, String id) {
        request.setAttribute(ATTRIBUTE, id);
    }
}
