package io.precinct.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.policy.Action;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.InputEncoder;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import io.precinct.policy.Questions;
import io.precinct.policy.RecordSchemas;
import io.precinct.policy.TenantPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files among the Rego sources that come from Java: the table of actions and the schemas. After a change of the
 * enum or the records write them anew, then the module:
 *
 * <pre>
 * mvn -pl policy -am test -Dtest=GeneratedFilesTest -Dsurefire.failIfNoSpecifiedTests=false -Dprecinct.rewrite=true
 * policy/rebuild
 * </pre>
 */
class GeneratedFilesTest {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static void generated(String file, JsonNode content) throws IOException {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(
                        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(indenter)
                .withArrayIndenter(indenter);
        String text = MAPPER.writer(printer).writeValueAsString(content) + "\n";
        Path committed = OpaTool.REGO.resolve(file);
        if (Boolean.getBoolean("precinct.rewrite")) {
            Files.createDirectories(committed.getParent());
            Files.writeString(committed, text);
        }
        assertThat(committed).as("write it anew with -Dprecinct.rewrite=true").hasContent(text);
    }

    @Test
    void inputSchemaIsThatOfTheRecords() throws IOException {
        generated("schema/input.json", MAPPER.valueToTree(RecordSchemas.input()));
    }

    @Test
    void decisionSchemaIsThatOfTheRecords() throws IOException {
        generated("schema/decision.json", MAPPER.valueToTree(RecordSchemas.decision()));
    }

    @Test
    void actionTableIsThatOfTheEnum() throws IOException {
        Path committed = OpaTool.REGO.resolve("data/platform.json");
        ObjectNode document = (ObjectNode) MAPPER.readTree(committed.toFile());
        ObjectNode actions = MAPPER.createObjectNode();
        for (Action action : Action.values()) {
            ObjectNode facts = actions.putObject(action.code());
            facts.put("branch_use", action.branchUse().name().toLowerCase(Locale.ROOT));
            for (Action.Flag flag : Action.Flag.values()) {
                facts.put(flag.name().toLowerCase(Locale.ROOT), action.is(flag));
            }
        }
        ((ObjectNode) document.get("platform")).set("actions", actions);
        generated("data/platform.json", document);
    }

    @Test
    void policiesAreCheckedAgainstTheInputSchema(@TempDir Path folder) throws IOException, InterruptedException {
        OpaTool.run("check", "--strict", "-s", "schema/input.json", "lib", "main", "platform", "tenant");
        Path module = folder.resolve("typo.rego");
        Files.writeString(module, "package typo\n\na if input.subject.rolez[_] == \"admin\"\n");
        assertThatThrownBy(() -> OpaTool.run("check", "--strict", "-s", "schema/input.json", module.toString()))
                .hasMessageContaining("undefined ref: input.subject.rolez");
    }

    @Test
    void writtenInputsAndGivenDecisionsMatchTheirSchemas(@TempDir Path folder)
            throws IOException, InterruptedException, PolicyFailure {
        long seed = System.nanoTime();
        RandomQuestions random = new RandomQuestions(seed);
        PreparedPolicy prepared =
                PreparedPolicy.of(TenantPolicy.parse(random.policy(60).getBytes(StandardCharsets.UTF_8)));
        PolicyRef policy = new PolicyRef(Questions.TENANT, prepared.revision());
        ArrayNode pairs = MAPPER.createArrayNode();
        try (WasmEvaluator evaluator =
                new WasmEvaluator(CompiledPolicy.builtIn(), asked -> Optional.of(prepared), Unhurried.SETTINGS)) {
            for (int i = 0; i < 500; i++) {
                DecisionInput question = random.question();
                byte[] input = InputEncoder.COMPLETE.encode(question);
                ObjectNode pair = pairs.addObject();
                pair.set("input", MAPPER.readTree(input));
                pair.set(
                        "decision",
                        MAPPER.readTree(evaluator.evaluate(policy, input)).at("/0/result"));
            }
        }
        Path asked = folder.resolve("asked.json");
        ObjectNode document = MAPPER.createObjectNode();
        document.set("pairs", pairs);
        document.set("input", MAPPER.valueToTree(RecordSchemas.input()));
        document.set("decision", MAPPER.valueToTree(RecordSchemas.decision()));
        MAPPER.writeValue(asked.toFile(), document);
        String mismatches = OpaTool.run(
                "eval",
                "--format",
                "raw",
                "--input",
                asked.toString(),
                "[r[1] | some pair in input.pairs; some name in [\"input\", \"decision\"];"
                        + " r := json.match_schema(pair[name], input[name]); r[0] == false]");
        assertThat(mismatches.strip()).as("seed " + seed).isEqualTo("[]");
    }
}
