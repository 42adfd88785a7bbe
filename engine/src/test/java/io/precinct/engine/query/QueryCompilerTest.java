package io.precinct.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueryCompilerTest {
    private static final Schema SCHEMA = SchemaCompiler.compile("""
            node Vessel { imo: String @key  flag: enum(no, pa) @index  draft: F32?  tags: [String]? }
            node Port { code: String @key  name: String }
            edge CallsAt: Vessel -> Port @card(0..3) { eta: DateTime? }
            edge TwinOf: Vessel -> Vessel
            """);

    @Test
    void readsEveryPartOfAPattern() {
        CheckedStatement.Read read = (CheckedStatement.Read) QueryCompiler.compile("""
                query q($limit: F32, $tag: String) {
                  match {
                    $p: Port
                    $p callsAt $v
                    $v: Vessel { flag: "no", tags: $tag }
                    $v $e:callsAt $_
                    $v <twinOf>{1,2} $w
                    $v.draft < $limit
                    not { $w callsAt $p }
                  }
                  return { $p.name count($v) as n }
                  order { n desc, $p.name }
                  limit 5
                }
                """, Optional.empty(), SCHEMA);
        assertThat(read.pattern().steps().getFirst().direction()).isEqualTo(Pattern.Direction.IN);
        assertThat(read.pattern().filters()).hasSize(3);
        assertThat(read.pattern().negations()).hasSize(1);
        assertThat(read.touched().all()).containsExactly("CallsAt", "Port", "TwinOf", "Vessel");
    }

    @Test
    void readsEveryKindOfMutation() {
        CheckedStatement.Write write = (CheckedStatement.Write)
                QueryCompiler.compile("""
                query w($to: String) {
                  insert Vessel { imo: "1", flag: "no" draft: 2 }
                  insert CallsAt { from: "1", to: $to, eta: now() }
                  update Vessel set { draft: 1.5 } where imo = "1"
                }
                query d { delete Vessel where imo = "1" }
                """.replace("query d {", "query d() {"), Optional.of("w"), SCHEMA);
        assertThat(write.steps()).hasSize(3);
        assertThat(((CheckedStatement.InsertNode) write.steps().getFirst())
                        .values()
                        .values())
                .contains(new Expression.Constant(
                        2f,
                        SCHEMA.node("Vessel")
                                .orElseThrow()
                                .property("draft")
                                .orElseThrow()
                                .type()
                                .required()));
    }
}
