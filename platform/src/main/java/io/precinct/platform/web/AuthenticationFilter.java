package io.precinct.platform.web;

import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.identity.Identity;
import io.precinct.platform.identity.TenantGuard;
import io.precinct.platform.identity.TokenVerifier;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs before a route is even looked for: without a valid token nothing below {@code /v1} tells whether it exists.
 * A path below {@code tenants/…} is bound to the caller's tenant here. The one open path is a tenant's
 * {@code healthz}, which answers the same for every name.
 */
@PreMatching
@Priority(Priorities.AUTHENTICATION)
public final class AuthenticationFilter implements ContainerRequestFilter {
    private static final Pattern OPEN = Pattern.compile("/?tenants/[^/]+/healthz");
    private static final Pattern OF_TENANT = Pattern.compile("/?tenants/([^/]*)(?:/.*)?");
    private static final Pattern BEARER = Pattern.compile("[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]+)");

    private final Supplier<TokenVerifier> verifier;
    private final TenantGuard guard;
    private final Consumer<Mismatch> mismatches;

    @Context
    private HttpServletRequest request;

    /** A valid token knocked at a tenant it does not speak for; told to whoever keeps the trail. */
    public record Mismatch(Identity identity, String pathTenant, String requestId) {}

    public AuthenticationFilter(Supplier<TokenVerifier> verifier, TenantGuard guard, Consumer<Mismatch> mismatches) {
        this.verifier = verifier;
        this.guard = guard;
        this.mismatches = mismatches;
    }

    @Override
    public void filter(ContainerRequestContext context) {
        String path = context.getUriInfo().getPath(false);
        if (OPEN.matcher(path).matches() && isRead(context.getMethod())) {
            return;
        }
        Identity identity = verifier.get().verify(token(context));
        Callers.put(request, identity);
        Matcher tenant = OF_TENANT.matcher(path);
        if (tenant.matches()) {
            String named = URLDecoder.decode(tenant.group(1).replace("+", "%2B"), StandardCharsets.UTF_8);
            try {
                Caller caller = guard.caller(identity, named);
                Callers.put(request, caller);
                RequestFacts.of(request).caller(caller.tenant().value(), caller.subject());
            } catch (PlatformException hidden) {
                mismatches.accept(new Mismatch(identity, named, RequestId.of(request)));
                throw hidden;
            }
        }
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    private static String token(ContainerRequestContext context) {
        List<String> headers = context.getHeaders().getOrDefault(HttpHeaders.AUTHORIZATION, List.of());
        if (headers.isEmpty()) {
            throw new PlatformException(new PlatformFailure.Unauthenticated(Problem.MISSING_TOKEN));
        }
        Matcher bearer = BEARER.matcher(headers.getFirst().strip());
        if (headers.size() > 1 || !bearer.matches()) {
            boolean otherScheme = !headers.getFirst()
                    .strip()
                    .toLowerCase(java.util.Locale.ROOT)
                    .startsWith("bearer");
            throw new PlatformException(
                    new PlatformFailure.Unauthenticated(otherScheme ? Problem.MISSING_TOKEN : Problem.INVALID_TOKEN));
        }
        return bearer.group(1);
    }
}
