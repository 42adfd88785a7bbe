package io.precinct.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.policy.Action;
import io.precinct.policy.Decider;
import io.precinct.policy.Decision;
import io.precinct.policy.Obligations;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PolicyRevision;
import io.precinct.policy.Questions;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever goes wrong with an answer, the decision is a denial that says so. */
abstract class DeciderContract {
    static final PolicyRef POLICY = new PolicyRef(Questions.TENANT, new PolicyRevision("ab".repeat(32)));

    static final String RIGHT = """
            {"schema_version":1,"allow":true,"reasons":[{"code":"grant","rule":"g1"}],\
            "obligations":{"types":{"Airport":{"granted":true,"rows":{"type":"constant","value":true},\
            "masks":{"code":{"kind":"null","shown":{"type":"field","field":"state","operator":"eq","value":"WA"}}},\
            "denied":["owner"]}},\
            "limits":{"max_rows":1,"timeout_ms":1,"max_hops":1,"max_bytes":1},\
            "require":{"approval":false,"step_up":false}},"deny_as":"forbidden","policy_revision":"%s"}""".formatted("ab".repeat(32));

    /** A decider that is given this bare decision as its answer, wrapped as its protocol does. */
    abstract Decider answering(String decision);

    /** A decider that is given these bytes in place of a whole answer. */
    abstract Decider answeringRaw(byte[] answer);

    /** A decider whose policy breaks off while it runs. */
    abstract Decider breakingOff();

    /** A decider whose policy does not answer in time. */
    abstract Decider late();

    record Wrong(String what, UnaryOperator<String> change) {}

    private static Wrong replacing(String what, String found, String replacement) {
        return new Wrong(what, right -> {
            assertThat(right).as("test is stale").contains(found);
            return right.replace(found, replacement);
        });
    }

    static final List<Wrong> WRONG = List.of(
            new Wrong("an empty object", right -> "{}"),
            new Wrong("null", right -> "null"),
            new Wrong("a bare true", right -> "true"),
            new Wrong("a list", right -> "[" + right + "]"),
            replacing("allow as a string", "\"allow\":true", "\"allow\":\"true\""),
            replacing("allow as a number", "\"allow\":true", "\"allow\":1"),
            replacing("no allow", "\"allow\":true,", ""),
            replacing("allow twice", "\"allow\":true", "\"allow\":false,\"allow\":true"),
            replacing("an unknown field", "\"allow\":true", "\"allow\":true,\"extra\":1"),
            replacing("an unknown obligation", "\"require\":", "\"watermark\":true,\"require\":"),
            replacing("an unknown version", "\"schema_version\":1", "\"schema_version\":2"),
            replacing("no reasons", "[{\"code\":\"grant\",\"rule\":\"g1\"}]", "[]"),
            replacing("a reason that is text", "{\"code\":\"grant\",\"rule\":\"g1\"}", "\"grant\""),
            replacing("no entry for a touched type", "\"Airport\":{\"granted\"", "\"Port\":{\"granted\""),
            replacing("an entry too many", "\"types\":{", "\"types\":{\"Pay\":{},"),
            replacing("types as a list", "\"types\":{\"Airport\":{", "\"types\":[],\"was\":{\"Airport\":{"),
            replacing("granted as text", "\"granted\":true", "\"granted\":\"yes\""),
            replacing("no rows", "\"rows\":{\"type\":\"constant\",\"value\":true},", ""),
            replacing("rows as text", "{\"type\":\"constant\",\"value\":true}", "\"true\""),
            replacing("an unknown node", "\"type\":\"constant\"", "\"type\":\"sql\""),
            replacing("an unknown comparison", "\"operator\":\"eq\"", "\"operator\":\"like\""),
            replacing("a claim left open", "\"value\":\"WA\"", "\"value\":{\"claim\":\"state\"}"),
            replacing("a null operand", "\"value\":\"WA\"", "\"value\":null"),
            replacing("a list where one value is compared", "\"value\":\"WA\"", "\"value\":[\"WA\"]"),
            replacing("one value where a list is compared", "\"operator\":\"eq\"", "\"operator\":\"in\""),
            replacing("an unknown mask", "\"kind\":\"null\"", "\"kind\":\"blur\""),
            replacing(
                    "a mask without its rows",
                    ",\"shown\":{\"type\":\"field\",\"field\":\"state\",\"operator\":\"eq\",\"value\":\"WA\"}",
                    ""),
            replacing("denied as an object", "[\"owner\"]", "{\"owner\":true}"),
            replacing("a negative limit", "\"max_rows\":1", "\"max_rows\":-1"),
            replacing("a limit of zero", "\"max_rows\":1", "\"max_rows\":0"),
            replacing("a fractional limit", "\"max_rows\":1", "\"max_rows\":1.5"),
            replacing("a missing limit", "\"max_hops\":1,", ""),
            replacing("an unknown way to deny", "\"forbidden\"", "\"teapot\""),
            replacing("another revision", "ab".repeat(32), "cd".repeat(32)),
            replacing("no revision", ",\"policy_revision\":\"" + "ab".repeat(32) + "\"", ""),
            new Wrong(
                    "too deep a rule",
                    right -> right.replace(
                            "{\"type\":\"constant\",\"value\":true}",
                            "{\"type\":\"compound\",\"operator\":\"not\",\"value\":[".repeat(40)
                                    + "{\"type\":\"constant\",\"value\":true}" + "]}".repeat(40))));

    @Test
    void rightAnswerAllows() {
        Decision decision = answering(RIGHT).decide(POLICY, Questions.by("any").input());
        assertThat(decision.allow()).as(decision.toString()).isTrue();
        assertThat(decision.obligations().types()).containsOnlyKeys("Airport");
    }

    @TestFactory
    Stream<DynamicTest> wrongAnswerIsADenial() {
        return WRONG.stream()
                .map(wrong -> DynamicTest.dynamicTest(
                        wrong.what(), () -> unavailable(answering(wrong.change().apply(RIGHT)))));
    }

    @TestFactory
    Stream<DynamicTest> unreadableAnswerIsADenial() {
        return Stream.of(
                        "",
                        "{}",
                        "[]",
                        "null",
                        "garbage",
                        "{\"result\":",
                        "[{\"result\":{}},{\"result\":{}}]",
                        "[[",
                        "\0")
                .map(raw -> DynamicTest.dynamicTest(
                        "raw " + raw,
                        () -> unavailable(answeringRaw(raw.getBytes(java.nio.charset.StandardCharsets.UTF_8)))));
    }

    @Test
    void notUtf8IsADenial() {
        unavailable(answeringRaw(new byte[] {(byte) 0xff, (byte) 0xfe, 0x00}));
    }

    @Test
    void brokenOffIsADenial() {
        unavailable(breakingOff());
    }

    @Test
    void lateIsADenial() {
        unavailable(late());
    }

    @Test
    void policyOfAnotherTenantIsADenial() {
        Decision decision = answering(RIGHT)
                .decide(
                        new PolicyRef("01JD0000000000000000000009", POLICY.revision()),
                        Questions.by("any").input());
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.POLICY_UNAVAILABLE);
    }

    @Test
    void writingATypeThatTheAnswerDoesNotGrantIsADenial() {
        String refused = RIGHT.replace("\"granted\":true", "\"granted\":false");
        Decision decision = answering(refused)
                .decide(
                        POLICY,
                        Questions.by("any")
                                .action(Action.CHANGE)
                                .writing("Airport")
                                .input());
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.POLICY_UNAVAILABLE);
    }

    private static void unavailable(Decider decider) {
        Decision decision = decider.decide(POLICY, Questions.by("any").input());
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.POLICY_UNAVAILABLE);
        assertThat(decision.obligations()).isEqualTo(Obligations.NOTHING);
        assertThat(decision.obligations().gate().access("Airport").granted()).isFalse();
    }
}
