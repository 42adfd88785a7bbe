package io.precinct.platform.web;

import io.precinct.platform.run.OperationKind;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.jaxrs2.Reader;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.SpecVersion;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The API's description, generated once from the resource classes. Equal classes give equal bytes. */
public final class OpenApiDocument {
    private static final String SCHEME = "bearer";

    private final byte[] bytes;

    public OpenApiDocument(Set<Class<?>> resources, String version) {
        OpenAPI described = new Reader(new OpenAPI(SpecVersion.V31)).read(resources);
        described.openapi("3.1.0").info(new Info().title("Precinct").version(version));
        Paths prefixed = new Paths();
        if (described.getPaths() != null) {
            described.getPaths().entrySet().stream()
                    .sorted(java.util.Map.Entry.comparingByKey())
                    .forEach(path -> prefixed.addPathItem("/v1" + path.getKey(), path.getValue()));
        }
        described.setPaths(prefixed);
        if (described.getComponents() == null) {
            described.setComponents(new io.swagger.v3.oas.models.Components());
        }
        described
                .getComponents()
                .addSecuritySchemes(
                        SCHEME,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .bearerFormat("JWT"));
        prefixed.forEach((path, item) -> {
            if (!path.endsWith("/healthz")) {
                item.readOperations().forEach(OpenApiDocument::secured);
            }
        });
        Map<String, OperationKind> kinds = kinds(resources);
        prefixed.forEach((path, item) -> item.readOperations()
                .forEach(operation -> Optional.ofNullable(kinds.get(operation.getOperationId()))
                        .filter(OperationKind::writes)
                        .ifPresent(kind -> conditions(path, operation, kind))));
        bytes = Json31.pretty(described).getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, OperationKind> kinds(Set<Class<?>> resources) {
        Map<String, OperationKind> kinds = new HashMap<>();
        for (Class<?> resource : resources) {
            for (Method method : resource.getMethods()) {
                Governed governed = method.getAnnotation(Governed.class);
                io.swagger.v3.oas.annotations.Operation described =
                        method.getAnnotation(io.swagger.v3.oas.annotations.Operation.class);
                if (governed != null && described != null) {
                    OperationKind.of(governed.operation()).ifPresent(kind -> kinds.put(described.operationId(), kind));
                }
            }
        }
        return kinds;
    }

    /** The headers that {@link KeyedRequestFilter} reads. */
    private static void conditions(String path, Operation operation, OperationKind kind) {
        operation.addParametersItem(
                header(
                        KeyedRequestFilter.KEY,
                        "a key of the sender's: sent again within a day, the request is answered as the first time and not done again"));
        if (path.endsWith(RequestConditions.IF_COMMIT_PATH)) {
            operation.addParametersItem(
                    header(RequestConditions.IF_COMMIT, "the commit that the branch must still stand on")
                            .required(true));
        } else if (kind.commits()) {
            operation.addParametersItem(
                    header("If-Match", "in quotation marks, the commit that the branch must still stand on"));
        }
    }

    private static HeaderParameter header(String name, String says) {
        HeaderParameter header = new HeaderParameter();
        header.name(name).description(says).schema(new StringSchema());
        return header;
    }

    private static void secured(Operation operation) {
        operation.addSecurityItem(new SecurityRequirement().addList(SCHEME));
    }

    /** UTF-8 JSON. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Serves the document to everyone; it holds nothing of any tenant. */
    public HttpServlet servlet() {
        return new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                RequestFacts.of(request).operation("openapi");
                Answers.bytes(response, 200, "application/json", bytes);
            }
        };
    }
}
