package io.precinct.platform.web;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers what the HTTP layer refuses before any filter runs, such as an address it can't take apart: the same body
 * shape, fixed texts, and nothing of the request repeated.
 */
public final class PlainRefusals extends Handler.Abstract.NonBlocking {
    private static final byte[] BAD_REQUEST =
            "{\"error\":\"the request is not valid\",\"code\":\"bad_request\",\"retry\":\"never\"}"
                    .getBytes(StandardCharsets.UTF_8);
    private static final byte[] INTERNAL =
            "{\"error\":\"internal error\",\"code\":\"internal\",\"retry\":\"never\"}".getBytes(StandardCharsets.UTF_8);

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        byte[] body = response.getStatus() >= 500 ? INTERNAL : BAD_REQUEST;
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }
}
