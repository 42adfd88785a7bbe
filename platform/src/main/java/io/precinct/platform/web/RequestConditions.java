package io.precinct.platform.web;

import io.precinct.engine.CommitId;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.platform.run.Conditions;
import io.precinct.platform.run.OperationKind;
import jakarta.servlet.ServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * On what terms a request wants its write made, from its headers. A condition on a route that can't keep it is refused,
 * so that nobody takes an unconditional write for a conditional one.
 */
public final class RequestConditions {
    /** Of the routes whose path ends with {@link #IF_COMMIT_PATH}, as compatible clients know it: the id as it is. */
    static final String IF_COMMIT = "Omnigraph-If-Graph-Commit";

    static final String IF_COMMIT_PATH = "/if-graph-commit";
    private static final String ATTRIBUTE = RequestConditions.class.getName();
    private static final Pattern STRONG_TAG = Pattern.compile("\"([^\",]+)\"");

    private RequestConditions() {}

    /** None where nothing was said. */
    public static Conditions of(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Conditions said ? said : Conditions.NONE;
    }

    static void put(ServletRequest request, Conditions conditions) {
        request.setAttribute(ATTRIBUTE, conditions);
    }

    /** The commit that the write's branch must still stand on. */
    static Optional<CommitId> head(ContainerRequestContext context, OperationKind kind) {
        boolean ownRoute = context.getUriInfo().getPath(false).endsWith(IF_COMMIT_PATH);
        List<String> plain = values(context, IF_COMMIT);
        List<String> tags = values(context, HttpHeaders.IF_MATCH);
        if (ownRoute) {
            if (plain.size() != 1 || !tags.isEmpty()) {
                throw invalid("this route takes the header " + IF_COMMIT + " exactly once, and no If-Match");
            }
            return Optional.of(commit(IF_COMMIT, plain.getFirst()));
        }
        if (!plain.isEmpty()) {
            throw invalid(
                    IF_COMMIT + " is for routes that end with " + IF_COMMIT_PATH + "; here it would not be heeded");
        }
        if (tags.isEmpty()) {
            return Optional.empty();
        }
        if (!kind.commits()) {
            throw invalid("If-Match is for writes that make a commit on a branch; here it would not be heeded");
        }
        Matcher tag = STRONG_TAG.matcher(tags.getFirst().strip());
        if (tags.size() > 1 || !tag.matches()) {
            throw invalid("If-Match takes one commit id in quotation marks");
        }
        return Optional.of(commit(HttpHeaders.IF_MATCH, tag.group(1)));
    }

    static List<String> values(ContainerRequestContext context, String header) {
        return context.getHeaders().getOrDefault(header, List.of());
    }

    private static CommitId commit(String header, String text) {
        try {
            return new CommitId(text);
        } catch (IllegalArgumentException malformed) {
            throw invalid(header + ": " + malformed.getMessage());
        }
    }

    static PlatformException invalid(String text) {
        return new PlatformException(new PlatformFailure.Plain(Problem.INVALID_REQUEST, text));
    }
}
