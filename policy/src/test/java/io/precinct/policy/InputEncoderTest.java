package io.precinct.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.precinct.engine.spi.Operand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputEncoderTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static String encoded(DecisionInput input) {
        return new String(InputEncoder.COMPLETE.encode(input), StandardCharsets.UTF_8);
    }

    @Test
    void everyFieldIsWrittenAlwaysInOneOrder() {
        assertThat(encoded(Questions.by("b", "a", "b").input()))
                .isEqualTo("{\"schema_version\":1,\"subject\":{\"id\":\"usr_1\",\"type\":\"user\",\"tenant\":\""
                        + Questions.TENANT + "\",\"roles\":[\"a\",\"b\"],\"claims\":{},\"auth\":{\"method\":\"oidc\","
                        + "\"credential_id\":\"cred_1\",\"mfa\":true,\"age_seconds\":60},\"grants\":[]},"
                        + "\"action\":\"read\",\"operation\":\"test.run\",\"resource\":{\"tenant\":\""
                        + Questions.TENANT
                        + "\",\"graph\":\"flights\",\"branch\":{\"name\":\"main\"},\"target_branch\":null,\"snapshot\":null,"
                        + "\"types\":{\"all\":[\"Airport\"],\"read\":[\"Airport\"],\"write\":[],\"edges\":[],"
                        + "\"properties\":{},\"complete\":true},\"attributes\":{\"tenant_state\":\"active\"}},"
                        + "\"context\":{\"time\":\"2026-11-22T14:00:00Z\",\"ip\":\"127.0.0.1\","
                        + "\"request_id\":\"req_1\",\"channel\":\"rest\",\"dry_run\":false}}");
    }

    @Test
    void equalQuestionsHaveEqualBytesInWhateverOrderTheyWereGiven() {
        Map<String, Operand> claims =
                Map.of("level", new Operand.Whole(3), "area", new Operand.Text("w"), "zone", new Operand.Truth(true));
        String one =
                encoded(Questions.by("x", "y").claims(claims).reading("B", "A").input());
        String other = encoded(Questions.by("y", "x")
                .claims(Map.copyOf(claims))
                .reading("A", "B", "A")
                .input());
        assertThat(one).isEqualTo(other).contains("{\"area\":\"w\",\"level\":3,\"zone\":true}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "\\", "\n", "\u0000", "\u001f", "\u007f", "é", "\u2028", "😀", "", "{}"})
    void everyTextSurvives(String text) throws IOException {
        JsonNode read = MAPPER.readTree(InputEncoder.COMPLETE.encode(Questions.by(text)
                .claims(Map.of(text, new Operand.Items(List.of(new Operand.Text(text), new Operand.Real(1e300)))))
                .input()));
        assertThat(read.at("/subject/roles/0").textValue()).isEqualTo(text);
        assertThat(read.path("subject").path("claims").path(text).path(0).textValue())
                .isEqualTo(text);
        assertThat(read.path("subject").path("claims").path(text).path(1).doubleValue())
                .isEqualTo(1e300);
    }

    /** As bytes of UTF-8 both halves would become question marks, and different questions the same key. */
    @Test
    void halvesOfCharactersKeepQuestionsApart() {
        assertThat(Set.of(
                        encoded(Questions.by("\ud800").input()),
                        encoded(Questions.by("\udc00").input()),
                        encoded(Questions.by("?").input()),
                        encoded(Questions.by("\udc00\ud800").input())))
                .hasSize(4);
    }

    @Test
    void onlyTheReadPathsAreWritten() {
        InputEncoder narrow = new InputEncoder(new InputPaths(Set.of("action", "resource.types.all")));
        assertThat(new String(narrow.encode(Questions.by("a").input()), StandardCharsets.UTF_8))
                .isEqualTo("{\"action\":\"read\",\"resource\":{\"types\":{\"all\":[\"Airport\"]}}}");
    }

    @Test
    void grantThatIsOverIsNotSent() {
        DecisionInput input = Questions.by("a").input();
        DecisionInput.Subject asked = input.subject();
        DecisionInput.Subject lent = new DecisionInput.Subject(
                asked.id(),
                asked.type(),
                asked.tenant(),
                asked.roles(),
                asked.claims(),
                asked.auth(),
                List.of(
                        new DecisionInput.Grant("break_glass", "over", Questions.NOW),
                        new DecisionInput.Grant("break_glass", "held", Questions.NOW.plusSeconds(1))));
        assertThat(encoded(
                        new DecisionInput(lent, input.action(), input.operation(), input.resource(), input.context())))
                .contains("\"held\"")
                .doesNotContain("\"over\"");
    }
}
