package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The committed description of the API is the contract: the administration application's client is generated from it.
 * {@code -Dtest.jvm.more=-Dprecinct.rewrite=true} writes it anew; read the difference before you commit it.
 */
@ExtendWith(RunningPrecinct.Extension.class)
class OpenApiIT {
    private static final Path COMMITTED = Path.of("src/main/resources/openapi.json");

    @Test
    void servedDescriptionIsTheCommittedOne(RunningPrecinct precinct) throws Exception {
        String served = precinct.anonymous().get("/openapi.json").expect(200).body();
        if (Boolean.getBoolean("precinct.rewrite")) {
            Files.writeString(COMMITTED, served);
        }
        assertThat(served).isEqualTo(Files.readString(COMMITTED));
    }

    @Test
    void everyTenantRouteAnswersAForeignTenantAsAnUnknownOne(RunningPrecinct precinct) throws Exception {
        JsonNode paths = Api.JSON
                .readTree(precinct.anonymous().get("/openapi.json").expect(200).body())
                .get("paths");
        Api stranger = precinct.as("forge", "admin");
        List<String> tried = new ArrayList<>();
        paths.fields()
                .forEachRemaining(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (!path.getKey().contains("{tenant}") || path.getKey().endsWith("/healthz")) {
                        return;
                    }
                    String route = path.getKey()
                            .replace("{graph}", "network")
                            .replace("{branch}", "main")
                            .replace("{tag}", "v1")
                            .replace("{commit}", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
                            .replace("{job}", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
                    Api.Answer foreign = stranger.send(
                            method.toUpperCase(java.util.Locale.ROOT),
                            route.replace("{tenant}", "skyways"),
                            "application/json",
                            java.util.Optional.of("{}"));
                    Api.Answer unknown = stranger.send(
                            method.toUpperCase(java.util.Locale.ROOT),
                            route.replace("{tenant}", "no-such-tenant"),
                            "application/json",
                            java.util.Optional.of("{}"));
                    assertThat(foreign.status()).as("%s %s", method, route).isEqualTo(404);
                    assertThat(unknown.status()).as("%s %s", method, route).isEqualTo(404);
                    assertThat(foreign.body()).as("%s %s", method, route).isEqualTo(unknown.body());
                    assertThat(withoutRequest(foreign))
                            .as("%s %s", method, route)
                            .isEqualTo(withoutRequest(unknown));
                    tried.add(method + " " + route);
                }));
        assertThat(tried).hasSizeGreaterThan(15);
        assertThat(mismatches(precinct, "skyways")).isGreaterThanOrEqualTo(tried.size());
        assertThat(mismatches(precinct, "forge")).isGreaterThanOrEqualTo(2 * tried.size());
        assertThat(precinct.as("skyways", "admin")
                        .get("/v1/tenants/skyways/audit/verify")
                        .expect(200)
                        .json()
                        .get("intact")
                        .asBoolean())
                .isTrue();
    }

    /** Headers but those that differ from request to request by nature. */
    private static java.util.Map<String, List<String>> withoutRequest(Api.Answer answer) {
        java.util.Map<String, List<String>> headers = new java.util.TreeMap<>(answer.headers());
        headers.keySet().removeIf(name -> name.equalsIgnoreCase("x-request-id") || name.equalsIgnoreCase("date"));
        return headers;
    }

    private static int mismatches(RunningPrecinct precinct, String tenant) {
        return precinct.as(tenant, "admin")
                .get("/v1/tenants/" + tenant + "/audit?action=tenant_mismatch&limit=1000")
                .expect(200)
                .json()
                .get("records")
                .size();
    }
}
