package io.precinct.platform.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.platform.errors.ErrorBody;
import io.precinct.platform.errors.PlatformFailure;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Bodies written by servlets and filters, in the same shape as those of resources. */
final class Answers {
    private Answers() {}

    static void failure(
            HttpServletRequest request, HttpServletResponse response, PlatformFailure failure, ObjectMapper json)
            throws IOException {
        bytes(
                response,
                failure.problem().status(),
                "application/json",
                json.writeValueAsBytes(ErrorBody.of(failure, RequestId.of(request))));
    }

    static void text(HttpServletResponse response, int status, String type, String body) throws IOException {
        bytes(response, status, type, body.getBytes(StandardCharsets.UTF_8));
    }

    static void bytes(HttpServletResponse response, int status, String type, byte[] body) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
