package io.precinct.platform.errors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ErrorBodyTest {
    private static final ObjectMapper JSON = Jackson.newObjectMapper();

    private static String body(PlatformFailure failure) throws Exception {
        return JSON.writeValueAsString(ErrorBody.of(failure, "R"));
    }

    @Test
    void detailStandsUnderItsOwnKeyInWireNames() throws Exception {
        assertThat(body(new PlatformFailure.Plain(
                        Problem.CONFLICT,
                        "taken",
                        Optional.of(new ErrorDetail.KeyConflict("node", "Person", Optional.empty())))))
                .isEqualTo(
                        "{\"error\":\"taken\",\"code\":\"conflict\",\"retry\":\"after_refresh\",\"request_id\":\"R\","
                                + "\"key_conflict\":{\"entity_kind\":\"node\",\"type_name\":\"Person\"}}");
        assertThat(body(new PlatformFailure.Plain(
                        Problem.CONFLICT,
                        "merge",
                        Optional.of(new ErrorDetail.MergeConflicts(List.of(new ErrorDetail.MergeConflict(
                                Optional.of("node"),
                                Optional.of("Person"),
                                Optional.of("a"),
                                "delete_vs_update",
                                "m",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())))))))
                .contains("\"merge_conflicts\":[{\"entity_kind\":\"node\",\"type_name\":\"Person\",\"entity_id\":\"a\","
                        + "\"kind\":\"delete_vs_update\",\"message\":\"m\"}]");
    }

    @Test
    void denialTellsDecisionAndReasonsUnlessItHides() throws Exception {
        assertThat(body(new PlatformFailure.Denied(Optional.of("D"), List.of("no_grant"), false)))
                .isEqualTo("{\"error\":\"policy denies this operation\",\"code\":\"forbidden\",\"retry\":\"never\","
                        + "\"request_id\":\"R\",\"decision_id\":\"D\",\"reasons\":[\"no_grant\"]}");
        assertThat(body(new PlatformFailure.Denied(Optional.of("D"), List.of("no_grant"), true)))
                .isEqualTo(body(new PlatformFailure.TenantHidden()))
                .isEqualTo(body(new PlatformFailure.Plain(Problem.NOT_FOUND)));
    }

    @Test
    void codeIsAbsentWhereCompatibleClientsExpectNone() throws Exception {
        for (Problem problem : Problem.values()) {
            boolean bare = List.of(410, 412, 424, 503).contains(problem.status());
            assertThat(problem.wireCode().isEmpty()).as(problem.code()).isEqualTo(bare);
            assertThat(body(new PlatformFailure.Plain(problem)).contains("\"code\""))
                    .isEqualTo(!bare);
        }
    }
}
