package io.precinct.engine.corpus;

import io.precinct.engine.query.Lint;
import io.precinct.engine.query.QueryCompiler;
import io.precinct.engine.schema.GoldenCases;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.schema.SchemaPlanner;
import io.precinct.engine.schema.SchemaStep;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** No text breaks the compilers: each is compiled or refused with codes and places, in bounded time and memory. */
class LanguageFuzzTest {
    private static final Schema BASE = SchemaCompiler.compile(GoldenCases.text("fleet.pg"));

    @Test
    void noTextBreaksTheSchemaCompilerAndThePlanner() {
        Fuzz.run(Mutants.of(Set.of("pg", "evolve", "apply")), 0.3, (text, seed) -> {
            Fuzz.refusable(text, () -> SchemaCompiler.compile(text));
            Fuzz.refusable(text, () -> SchemaPlanner.plan(BASE, text, SchemaStep.DropMode.SOFT));
        });
    }

    @Test
    void noTextBreaksTheQueryCompilerAndLint() {
        String pages = "node Ship { imo: String @key name: String? tons: I32? tags: [String]? vec: Vector(3)? }"
                + " node Item { k: String @key s: String? i: I32? d: F64? at: DateTime? } node Port { code: String @key }"
                + " edge CallsAt: Ship -> Port { eta: DateTime? } edge TwinOf: Ship -> Ship edge Near: Item -> Item";
        Schema schema = SchemaCompiler.compile(pages);
        Fuzz.run(Mutants.of(Set.of("gq", "lint")), 0.4, (text, seed) -> {
            Fuzz.refusable(text, () -> QueryCompiler.compile(text, Optional.empty(), schema));
            Fuzz.refusable(text, () -> QueryCompiler.list(text));
            Fuzz.refusable(text, () -> Lint.check(text, schema));
        });
    }
}
