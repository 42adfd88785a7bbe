package io.precinct.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TenantPolicyTest {
    private static TenantPolicy parse(String json) {
        return TenantPolicy.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String granting(String fields) {
        return "{\"version\":1,\"roles\":{\"a\":{},\"b\":{\"inherits\":[\"a\"]}},\"grants\":["
                + "{\"id\":\"g\",\"roles\":[\"a\"],\"actions\":[\"read\"],\"types\":[\"T\"]" + fields + "}]}";
    }

    private static InvalidDocumentException refused(String json) {
        InvalidDocumentException refusal = catchThrowableOfType(InvalidDocumentException.class, () -> parse(json));
        assertThat(refusal).as("refusal of " + json).isNotNull();
        return refusal;
    }

    @Test
    void wholeDocumentIsRead() {
        TenantPolicy policy = parse(granting(",\"limits\":{\"max_rows\":7},\"branch\":{\"kind\":\"unprotected\"}"));
        assertThat(policy.closure("b")).isEqualTo(Set.of("a", "b"));
        assertThat(policy.grants()).singleElement().satisfies(grant -> {
            assertThat(grant.actions()).isEqualTo(EnumSet.of(Action.READ));
            assertThat(grant.branch()).isEqualTo(new TenantPolicy.Pattern.Unprotected());
            assertThat(grant.limits().maxRows()).isEqualTo(OptionalLong.of(7));
        });
    }

    @Test
    void sensitiveActionsAskForASecondFactorUnlessThePolicySaysThatThereIsNone() {
        String start = "{\"version\":1,\"roles\":{},\"grants\":[]";
        assertThat(parse(start + "}").stepUp()).isEqualTo(TenantPolicy.StepUp.SENSITIVE);
        assertThat(parse(start + ",\"step_up\":\"none\"}").stepUp()).isEqualTo(TenantPolicy.StepUp.NONE);
        assertThat(refused(start + ",\"step_up\":\"never\"}").getMessage()).startsWith("step_up");
    }

    @Test
    void grantForAGraphOfNoPossibleNameIsFoundByNobody() {
        String document = "{\"version\":1,\"roles\":{\"a\":{}},\"grants\":[{\"id\":\"g\",\"roles\":[\"a\"],"
                + "\"actions\":[\"read\"],\"types\":\"any\",\"graph\":{\"kind\":\"exact\",\"value\":\"%s\"}}]}";
        assertThat(PreparedPolicy.of(parse(document.formatted("*"))).json()).contains("\"by\":{}");
        assertThat(PreparedPolicy.of(parse(document.formatted("g"))).json())
                .contains("\"by\":{\"read\":{\"a\":{\"g\":[0]}}}");
    }

    @Test
    void protectedBranchesAreNamedByThePolicy() {
        assertThat(parse("{\"version\":1,\"roles\":{},\"grants\":[],\"protected_branches\":[\"main\",\"live\"]}")
                        .protectedBranches())
                .isEqualTo(Set.of("main", "live"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                ",\"surprise\":1 | grants[0]",
                ",\"rows\":{\"U\":{\"type\":\"constant\",\"value\":true}} | grants[0].rows.U",
                ",\"masks\":{\"U\":{\"p\":\"null\"}} | grants[0].masks.U",
                ",\"masks\":{\"T\":{\"p\":\"blur\"}} | grants[0].masks.T.p",
                ",\"denied\":{\"U\":[\"p\"]} | grants[0].denied.U",
                ",\"denied\":{\"T\":[1]} | grants[0].denied.T[0]",
                ",\"rows\":{\"T\":{\"type\":\"never\"}} | grants[0].rows.T",
                ",\"rows\":{\"T\":{\"type\":\"constant\",\"value\":1}} | grants[0].rows.T.value",
                ",\"rows\":{\"T\":{\"type\":\"compound\",\"operator\":\"and\",\"value\":[]}} | grants[0].rows.T",
                ",\"rows\":{\"T\":{\"type\":\"field\",\"field\":\"p\",\"operator\":\"like\",\"value\":1}} | grants[0].rows.T.operator",
                ",\"rows\":{\"T\":{\"type\":\"field\",\"field\":\"p\",\"operator\":\"in\",\"value\":1}} | grants[0].rows.T.value",
                ",\"rows\":{\"T\":{\"type\":\"field\",\"field\":\"p\",\"operator\":\"eq\",\"value\":null}} | grants[0].rows.T.value",
                ",\"graph\":{\"kind\":\"unprotected\"} | grants[0].graph",
                ",\"branch\":{\"kind\":\"own\"} | grants[0].branch",
                ",\"branch\":{\"kind\":\"glob\",\"value\":\"*\"} | grants[0].branch",
                ",\"branch\":{\"kind\":\"exact\"} | grants[0].branch",
                ",\"limits\":{\"max_rows\":0} | grants[0].limits.max_rows",
                ",\"limits\":{\"max_rows\":1.5} | grants[0].limits.max_rows",
                ",\"limits\":{\"most\":1} | grants[0].limits",
                ",\"when\":[{\"claim\":\"c\",\"operator\":\"gt\",\"value\":\"9\"}] | grants[0].when[0]",
                ",\"when\":[{\"operator\":\"eq\",\"value\":\"9\"}] | grants[0].when[0]"
            })
    void malformedGrantIsRefusedWithItsPlace(String fields, String place) {
        assertThat(refused(granting(fields)).getMessage()).startsWith(place);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{} {}",
                "{\"version\":2,\"roles\":{},\"grants\":[]}",
                "{\"version\":\"1\",\"roles\":{},\"grants\":[]}",
                "{\"version\":1,\"version\":1,\"roles\":{},\"grants\":[]}",
                "{\"version\":1,\"roles\":{}}",
                "{\"version\":1,\"grants\":[]}",
                "{\"version\":1,\"roles\":[],\"grants\":[]}",
                "{\"version\":1,\"roles\":{},\"grants\":{}}",
                "{\"version\":1,\"roles\":{},\"grants\":[],\"members\":[]}",
                "{\"version\":1,\"roles\":{\"a\":{\"inherits\":[\"a\"]}},\"grants\":[]}",
                "{\"version\":1,\"roles\":{\"a\":{\"inherits\":[\"b\"]},\"b\":{\"inherits\":[\"a\"]}},\"grants\":[]}",
                "{\"version\":1,\"roles\":{\"a\":{\"inherits\":[\"gone\"]}},\"grants\":[]}",
                "{\"version\":1,\"roles\":{},\"grants\":[{\"id\":\"g\",\"roles\":[\"gone\"],\"actions\":\"any\"}]}",
                "{\"version\":1,\"roles\":{},\"grants\":[{\"id\":\" \",\"roles\":[],\"actions\":\"any\"}]}",
                "{\"version\":1,\"roles\":{},\"grants\":[{\"id\":\"g\",\"roles\":[],\"actions\":\"all\"}]}",
                "{\"version\":1,\"roles\":{},\"grants\":[{\"id\":\"g\",\"roles\":[],\"actions\":[\"fly\"]}]}",
                "{\"version\":1,\"roles\":{},\"grants\":[{\"id\":\"g\",\"roles\":[],\"actions\":\"any\"},"
                        + "{\"id\":\"g\",\"roles\":[],\"actions\":\"any\"}]}"
            })
    void malformedDocumentIsRefused(String json) {
        assertThat(refused(json).getMessage()).isNotBlank();
    }

    @Test
    void ruleThatNamesTheCallerIsRefusedBeyondTheDepthThatTheInterpreterReaches() {
        String rule = "{\"type\":\"field\",\"field\":\"p\",\"operator\":\"eq\",\"value\":{\"claim\":\"c\"}}";
        for (int level = 1; level < RowRule.MOST_LEVELS_WITH_CLAIMS; level++) {
            rule = "{\"type\":\"compound\",\"operator\":\"not\",\"value\":[" + rule + "]}";
        }
        assertThat(parse(granting(",\"rows\":{\"T\":" + rule + "}")).grants()).hasSize(1);
        String deeper = "{\"type\":\"compound\",\"operator\":\"not\",\"value\":[" + rule + "]}";
        assertThat(refused(granting(",\"rows\":{\"T\":" + deeper + "}")).getMessage())
                .startsWith("grants[0].rows.T");
    }
}
