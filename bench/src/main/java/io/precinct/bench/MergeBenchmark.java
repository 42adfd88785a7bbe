package io.precinct.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Merges of a hundred changed people into the graph of 200,000 people and 2,000,000 edges, durable: a branch is made, a
 * hundred people are changed on it and one on main, and it is merged three-way; and the same without the one on main,
 * which is a fast-forward. Argument: a folder that {@link PersonBenchmark} left, or an empty one.
 */
public final class MergeBenchmark {
    private static final int ROUNDS = 60;
    private static final int CHANGED = 100;

    private MergeBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments.length > 0 ? arguments[0] : "target/people");
        try (PrecinctSubject subject = PrecinctSubject.loaded(folder)) {
            System.out.println("| What | p50 ms | p99 ms |");
            System.out.println("|---|---|---|");
            for (boolean apart : new boolean[] {true, false}) {
                double[] branch = new double[ROUNDS];
                double[] merge = new double[ROUNDS];
                for (int round = 0; round < ROUNDS; round++) {
                    PrecinctSubject.MergeTimes times = subject.merge(round + (apart ? 0 : ROUNDS), CHANGED, apart);
                    branch[round] = times.branchMillis();
                    merge[round] = times.mergeMillis();
                }
                print("branch", branch);
                print(apart ? "three-way merge of " + CHANGED + " rows" : "fast-forward of " + CHANGED + " rows", merge);
            }
        }
    }

    private static void print(String what, double[] millis) {
        Arrays.sort(millis);
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f |%n",
                what,
                millis[millis.length / 2],
                millis[millis.length * 99 / 100]);
    }
}
