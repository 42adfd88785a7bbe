package io.precinct.policy.opa;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    @Test
    void builtInModuleAnswersWhatItIsExercisedWith() {
        assertThatCode(() -> WarmUp.exercise(CompiledPolicy.builtIn())).doesNotThrowAnyException();
    }

    @Test
    void moduleThatDecidesNothingIsNotReady() throws IOException {
        // Without the platform's data the module finds no action and has no answer that could be read.
        CompiledPolicy hollow = CompiledPolicy.of(
                Files.readAllBytes(OpaTool.REGO.resolve("compiled/policy.wasm")),
                "{\"platform\":{}}".getBytes(StandardCharsets.UTF_8),
                "hollow");
        assertThatThrownBy(() -> WarmUp.exercise(hollow))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not decide");
    }
}
