package io.precinct.platform.web;

import jakarta.servlet.ServletRequest;
import java.util.Optional;

/** What inner stops learn about a request and the log line outside wants to tell: ids and declared names, no values. */
final class RequestFacts {
    private static final String ATTRIBUTE = RequestFacts.class.getName();

    private String tenant = "";
    private String subject = "";
    private String operation = "";

    static RequestFacts of(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestFacts facts) {
            return facts;
        }
        RequestFacts facts = new RequestFacts();
        request.setAttribute(ATTRIBUTE, facts);
        return facts;
    }

    void caller(String tenantId, String subjectId) {
        tenant = tenantId;
        subject = subjectId;
    }

    void operation(String declared) {
        operation = declared;
    }

    Optional<String> tenant() {
        return Optional.of(tenant).filter(text -> !text.isEmpty());
    }

    Optional<String> subject() {
        return Optional.of(subject).filter(text -> !text.isEmpty());
    }

    Optional<String> operation() {
        return Optional.of(operation).filter(text -> !text.isEmpty());
    }
}
