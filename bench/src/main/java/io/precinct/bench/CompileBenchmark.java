package io.precinct.bench;

import io.precinct.engine.query.QueryCompiler;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import java.util.Arrays;
import java.util.Optional;

/** Prints what it takes to compile a query of forty lines against a schema of fifty types, warm. */
public final class CompileBenchmark {
    private CompileBenchmark() {}

    public static void main(String[] arguments) {
        Schema schema = SchemaCompiler.compile(schema());
        String query = query();
        long[] nanos = new long[5_000];
        for (int i = -5_000; i < nanos.length; i++) {
            long began = System.nanoTime();
            QueryCompiler.compile(query, Optional.empty(), schema);
            if (i >= 0) {
                nanos[i] = System.nanoTime() - began;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "compile %d lines against %d types: p50 %.0f us, p99 %.0f us%n",
                query.lines().count(),
                schema.types().size(),
                nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length * 99 / 100] / 1e3);
    }

    private static String schema() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 25; i++) {
            text.append("node N%d { code: String @key  name: String  size: I64?  since: Date?  tags: [String]? }%n"
                    .formatted(i));
        }
        for (int i = 0; i < 25; i++) {
            text.append("edge E%d: N%d -> N%d { weight: F64?  since: DateTime? }%n".formatted(i, i, (i + 1) % 25));
        }
        return text.toString();
    }

    private static String query() {
        StringBuilder text =
                new StringBuilder("query q($code: String, $size: I64, $since: Date) {%n  match {%n".formatted());
        for (int i = 0; i < 8; i++) {
            text.append("    $v%d: N%d { tags: \"t%d\" }%n".formatted(i, i, i));
        }
        for (int i = 0; i < 7; i++) {
            text.append("    $v%d $w%d:e%d $v%d%n".formatted(i, i, i, i + 1));
        }
        for (int i = 0; i < 8; i++) {
            text.append("    $v%d.size > $size%n".formatted(i));
        }
        text.append(
                "    $v0.code = $code%n    $v0.since >= $since%n    not { $v7 e7 $_ }%n  }%n  return {%n".formatted());
        for (int i = 0; i < 8; i++) {
            text.append("    $v%d.name as n%d%n".formatted(i, i));
        }
        return text.append("  }%n  order { n0 asc, $v1.size desc }%n  limit 10%n}%n".formatted())
                .toString();
    }
}
