package io.precinct.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the user's guide shows compiles, and changes as it says. */
class SchemaDocumentTest {
    private static List<String> samples(String document, String kind) throws IOException {
        String text = Files.readString(Path.of("..", "docs", "user", document));
        return Pattern.compile("(?ms)^```" + kind + "$\\n(.*?)^```$")
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void everySampleOfASchemaCompiles() throws IOException {
        List<String> samples = samples("schemas.md", "pg");
        assertThat(samples)
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(
                        text -> assertThat(SchemaCompiler.compile(text).nodes()).isNotEmpty());
    }

    @Test
    void everySampleOfAChangeIsSupported() throws IOException {
        List<String> before = samples("evolution.md", "pg before");
        List<String> after = samples("evolution.md", "pg after");
        assertThat(before).hasSizeGreaterThanOrEqualTo(3).hasSameSizeAs(after);
        for (int i = 0; i < before.size(); i++) {
            SchemaPlan plan =
                    SchemaPlanner.plan(SchemaCompiler.compile(before.get(i)), after.get(i), SchemaStep.DropMode.SOFT);
            assertThat(plan.supported()).as(after.get(i)).isTrue();
            assertThat(plan.steps()).as(after.get(i)).isNotEmpty();
            assertThat(plan.warnings()).as(after.get(i)).isEmpty();
        }
    }

    @Test
    void everyRefusalIsInTheGuide() throws IOException {
        String guide = Files.readString(Path.of("..", "docs", "user", "evolution.md"));
        Pattern range = Pattern.compile("`(OG-[A-Z]{2}-)(\\d+)` … `(\\d+)`");
        assertThat(Arrays.stream(EvolutionCode.values()).map(EvolutionCode::code))
                .allMatch(code -> guide.contains("`" + code + "`")
                        || range.matcher(guide)
                                .results()
                                .anyMatch(found -> code.startsWith(found.group(1))
                                        && number(code) >= Integer.parseInt(found.group(2))
                                        && number(code) <= Integer.parseInt(found.group(3))));
    }

    private static int number(String code) {
        return Integer.parseInt(code.substring(code.length() - 3));
    }
}
