package io.precinct.engine.schema;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DynamicTest;

/**
 * Files of texts with what must come of them. A case is a line {@code === name}, a text, a line {@code ---} and the
 * outcome. With {@code -Dlanguage.rewrite=true} the outcomes are written anew, to be read before they are kept.
 */
public final class GoldenCases {
    private static final Path ROOT = Path.of("src/test/resources/language");

    private record Case(String name, String text, String outcome) {}

    private GoldenCases() {}

    public static String text(String file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<DynamicTest> of(String file, Function<String, String> outcome) {
        List<Case> cases = read(file);
        if (Boolean.getBoolean("language.rewrite")) {
            rewrite(file, cases, outcome);
        }
        return cases.stream()
                .map(c -> DynamicTest.dynamicTest(
                        c.name(),
                        () -> Assertions.assertThat(outcome(c, outcome)).isEqualTo(c.outcome())))
                .toList();
    }

    private static String outcome(Case one, Function<String, String> outcome) {
        try {
            return outcome.apply(one.text()).strip();
        } catch (EngineException e) {
            return failure(e.failure());
        }
    }

    public static String failure(EngineFailure failure) {
        return switch (failure) {
            case EngineFailure.Invalid invalid ->
                invalid.diagnostics().stream()
                        .map(d -> d.code() + " "
                                + d.span()
                                        .map(s -> s.line() + ":" + s.column() + "+" + (s.end() - s.start()) + " ")
                                        .orElse("")
                                + d.message())
                        .collect(Collectors.joining("\n"));
            case EngineFailure.NotSupportedYet unsupported ->
                "not supported: " + unsupported.feature() + " at "
                        + unsupported
                                .span()
                                .map(s -> s.line() + ":" + s.column())
                                .orElse("?");
            case EngineFailure.Denied denied -> "denied: " + String.join(", ", denied.reasons());
            default -> failure.code() + ": " + failure.message();
        };
    }

    private static List<Case> read(String file) {
        List<Case> cases = new ArrayList<>();
        for (String part : text(file).split("(?m)^=== ", -1)) {
            if (part.isBlank()) {
                continue;
            }
            int line = part.indexOf('\n');
            String[] halves = part.substring(line + 1).split("(?m)^---\n", -1);
            cases.add(new Case(part.substring(0, line), halves[0], halves.length > 1 ? halves[1].strip() : ""));
        }
        return cases;
    }

    private static void rewrite(String file, List<Case> cases, Function<String, String> outcome) {
        String text = cases.stream()
                .map(c -> "=== " + c.name() + "\n" + c.text() + "---\n" + outcome(c, outcome) + "\n\n")
                .collect(Collectors.joining());
        try {
            Files.writeString(ROOT.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
