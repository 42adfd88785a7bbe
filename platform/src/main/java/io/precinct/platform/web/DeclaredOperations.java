package io.precinct.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.Method;

/** Tells log and metrics which declared operation a request turned out to be. */
public final class DeclaredOperations implements ContainerRequestFilter {
    @Context
    private ResourceInfo matched;

    @Context
    private HttpServletRequest request;

    @Override
    public void filter(ContainerRequestContext context) {
        Method method = matched.getResourceMethod();
        if (method == null) {
            return;
        }
        Governed governed = method.getAnnotation(Governed.class);
        Ungoverned ungoverned = method.getAnnotation(Ungoverned.class);
        if (governed != null) {
            RequestFacts.of(request).operation(governed.operation());
        } else if (ungoverned != null) {
            RequestFacts.of(request).operation(ungoverned.operation());
        }
    }
}
