package io.precinct.platform.web;

import jakarta.ws.rs.core.Configuration;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.glassfish.jersey.server.model.ModelProcessor;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.glassfish.jersey.server.model.ResourceModel;

/**
 * Refuses to start a server with a route that does not say what it asks the policy. It sees the model that will really
 * serve, so it makes no difference how a resource was registered; locators are refused because what they return is not
 * in the model.
 */
public final class RouteActions implements ModelProcessor {
    @Override
    public ResourceModel processResourceModel(ResourceModel model, Configuration configuration) {
        List<String> faults = new ArrayList<>();
        for (Resource resource : model.getResources()) {
            inspect(resource, "", faults);
        }
        if (!faults.isEmpty()) {
            throw new UndeclaredRouteException(faults);
        }
        return model;
    }

    @Override
    public ResourceModel processSubResource(ResourceModel model, Configuration configuration) {
        return processResourceModel(model, configuration);
    }

    private static void inspect(Resource resource, String above, List<String> faults) {
        String path = above + "/"
                + (resource.getPath() == null ? "" : resource.getPath().replaceAll("^/+|/+$", ""));
        for (ResourceMethod method : resource.getAllMethods()) {
            Method definition = method.getInvocable().getDefinitionMethod();
            if (method.isExtended()) {
                continue;
            }
            String route = method.getHttpMethod() + " " + path.replaceAll("/+", "/") + " ("
                    + definition.getDeclaringClass().getSimpleName() + "." + definition.getName() + ")";
            Governed governed = definition.getAnnotation(Governed.class);
            Ungoverned ungoverned = definition.getAnnotation(Ungoverned.class);
            if (method.getType() == ResourceMethod.JaxrsType.SUB_RESOURCE_LOCATOR) {
                faults.add(route + " is a sub-resource locator; write its routes out");
            } else if (governed == null && ungoverned == null) {
                faults.add(route + " has neither @Governed nor @Ungoverned");
            } else if (governed != null && ungoverned != null) {
                faults.add(route + " has both @Governed and @Ungoverned");
            } else if (governed != null
                    && (governed.action().isBlank() || governed.operation().isBlank())) {
                faults.add(route + " has a @Governed without action or operation");
            } else if (ungoverned != null
                    && (ungoverned.reason().isBlank() || ungoverned.operation().isBlank())) {
                faults.add(route + " has an @Ungoverned without reason or operation");
            }
        }
        for (Resource child : resource.getChildResources()) {
            inspect(child, path, faults);
        }
    }

    /** The server must not start; the message names every offending route. */
    public static final class UndeclaredRouteException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UndeclaredRouteException(List<String> faults) {
            super("routes that do not declare what they ask the policy: " + String.join("; ", faults));
        }
    }
}
