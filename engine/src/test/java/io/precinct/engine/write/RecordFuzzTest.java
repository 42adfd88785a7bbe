package io.precinct.engine.write;

import io.precinct.engine.LoadMode;
import io.precinct.engine.ReaderKind;
import io.precinct.engine.corpus.Fuzz;
import io.precinct.engine.corpus.Mutants;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** No input breaks the readers of records: each is loaded or refused with codes and lines, in bounded time and memory. */
class RecordFuzzTest {
    private static final Schema SCHEMA = SchemaCompiler.compile("""
            node Item {
              k: String @key  s: String?  e: enum(a, b)?  b: Bool?  i: I32?  l: I64?  u: U32?  w: U64?  f: F32?  d: F64?
              day: Date?  at: DateTime?  tags: [String]?  nums: [I64]?  vec: Vector(3)?
            }
            node Pair { zone: String number: I64 @key(zone, number) }
            node Ship { imo: String @key  name: String?  tons: I32? @unique }
            edge Near: Item -> Item { n: I32? }
            edge TwinOf: Ship -> Ship @card(0..2)
            """);

    @Test
    void noInputBreaksTheReadersOfRecords() {
        Fuzz.run(Mutants.of(Set.of("jsonl")), 0.3, (text, seed) -> {
            LoadMode mode = LoadMode.values()[Math.floorMod((int) (seed >>> 1), LoadMode.values().length)];
            try (MemoryGraph graph = new MemoryGraph(SCHEMA)) {
                ReaderKind reader = (seed & 1) == 0 ? ReaderKind.STRICT : ReaderKind.PERMISSIVE;
                // Now and then in an encoding that no reader is made for.
                Charset charset = List.of(
                                StandardCharsets.UTF_8,
                                StandardCharsets.UTF_8,
                                StandardCharsets.UTF_8,
                                StandardCharsets.ISO_8859_1,
                                StandardCharsets.UTF_16LE,
                                Charset.forName("UTF-32BE"))
                        .get(Math.floorMod((int) (seed >>> 3), 6));
                Fuzz.refusable(text, () -> graph.load(mode, reader, text.getBytes(charset)));
            }
        });
    }
}
