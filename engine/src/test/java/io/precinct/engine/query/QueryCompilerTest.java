package io.precinct.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.GoldenCases;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class QueryCompilerTest {
    private static final Schema SCHEMA = SchemaCompiler.compile(GoldenCases.text("fleet.pg"));

    @TestFactory
    List<DynamicTest> queriesMeanWhatTheFileSays() {
        return GoldenCases.of("queries.txt", QueryCompilerTest::checked);
    }

    @TestFactory
    List<DynamicTest> faultyQueriesAreRefusedWithEveryFault() {
        return GoldenCases.of("query-faults.txt", QueryCompilerTest::checked);
    }

    private static String checked(String text) {
        return StatementText.of(QueryCompiler.compile(text, Optional.empty(), SCHEMA));
    }

    @Test
    void namedQueryIsTakenAndTheOthersAreNotChecked() {
        String text = """
                query broken() { match { $v: Wagon } return { $v } }
                query sound() { match { $v: Truck } return { $v } }
                """;
        assertThat(QueryCompiler.compile(text, Optional.of("sound"), SCHEMA).name())
                .isEqualTo("sound");
        assertThatThrownBy(() -> QueryCompiler.compile(text, Optional.of("absent"), SCHEMA))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure()).isEqualTo(new EngineFailure.NotFound("query", "absent")));
    }

    @Test
    void declaredQueriesAreListedWithoutASchema() {
        assertThat(QueryCompiler.list("""
                        query a($x: [I64]?) @description("first") @instruction("use it") {
                          match { $v: Anything } return { $v }
                        }
                        query b() { delete Anything where x = 1 }
                        """))
                .extracting(StatementText::declared)
                .containsExactly("a($x: [I64]?) read first use it", "b() mutation");
    }

    @Test
    void readingEndsWhenTheListOfErrorsIsFull() {
        String text = "query q() { match { $v: Truck } return { $v } } " + "x } ".repeat(200_000);
        EngineException refusal = assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> catchThrowableOfType(
                        EngineException.class, () -> QueryCompiler.compile(text, Optional.empty(), SCHEMA)));
        assertThat(((EngineFailure.Invalid) refusal.failure()).diagnostics())
                .hasSizeLessThanOrEqualTo(200)
                .allSatisfy(d -> assertThat(d.code()).isEqualTo("Q000"));
    }

    @Test
    void deepNestingIsRefusedAndNotOverflown() {
        String text = "query q() { match { $v: Truck " + "not { ".repeat(100_000);
        assertThatThrownBy(() -> QueryCompiler.compile(text, Optional.empty(), SCHEMA))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure().code()).isEqualTo("Q000"));
    }
}
