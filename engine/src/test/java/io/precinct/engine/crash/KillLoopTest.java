package io.precinct.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.VerifyReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes on a real disk, killed at random points of loads, mutations, merges, compactions and collections: nothing
 * that was acknowledged is lost or there twice, nothing is there in part, whoever is left goes on and whoever is started
 * again writes at once; and in the end a collection leaves no byte that nobody needs.
 *
 * <p>{@code -Dkills=} sets the number of kills, {@code -Dkills.seed=} what is drawn; the machine decides the rest.
 */
class KillLoopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    @Timeout(300)
    void whatIsAcknowledgedOutlivesEveryKillAndNothingElseIsLeft(@TempDir Path home) throws Exception {
        loop(home, Integer.getInteger("kills", 10));
    }

    @Test
    @Tag("soak")
    void whatIsAcknowledgedOutlivesThreeHundredKills(@TempDir Path home) throws Exception {
        loop(home, Integer.getInteger("kills", 300));
    }

    private static void loop(Path home, int kills) throws Exception {
        long seed = Long.getLong("kills.seed", System.nanoTime());
        System.out.println(kills + " kills, -Dkills.seed=" + seed);
        Random random = new Random(seed);
        Path root = home.resolve("store");
        try (LocalEngine engine = new LocalEngine(root)) {
            engine.create(KillLoopWorker.GRAPH, KillLoopWorker.SCHEMA);
        }
        List<KilledProcess> processes = new ArrayList<>();
        try {
            processes.add(new KilledProcess(home, root, KillLoopWorker.Role.WRITER, "a"));
            processes.add(new KilledProcess(home, root, KillLoopWorker.Role.WRITER, "b"));
            processes.add(new KilledProcess(home, root, KillLoopWorker.Role.UPKEEP, "u"));
            for (KilledProcess process : processes) {
                process.start(random.nextLong());
            }
            for (KilledProcess process : processes) {
                process.awaitAnswers(1, PATIENCE);
            }
            List<String> firstAnswers = new ArrayList<>();
            for (int kill = 0; kill < kills; kill++) {
                KilledProcess victim = processes.get(random.nextInt(processes.size()));
                LockSupport.parkNanos(random.nextLong(400_000_000));
                victim.kill();
                if (random.nextInt(4) == 0) {
                    // Once more, while it opens the graph or right afterwards.
                    victim.start(random.nextLong());
                    LockSupport.parkNanos(random.nextLong(2_000_000_000));
                    victim.kill();
                }
                victim.start(random.nextLong());
                for (KilledProcess survivor : processes) {
                    if (survivor != victim && survivor.role() == KillLoopWorker.Role.WRITER) {
                        survivor.awaitAnswers(3, PATIENCE);
                    }
                }
                firstAnswers.add(victim.name() + " " + victim.awaitFirstWrite(PATIENCE));
            }
            for (KilledProcess process : processes) {
                process.stop(PATIENCE);
            }
            System.out.println("first answers after a start: "
                    + firstAnswers.stream().sorted().toList());
        } finally {
            processes.forEach(KilledProcess::close);
        }
        List<Journal.Line> lines = new ArrayList<>();
        for (KilledProcess process : processes) {
            lines.addAll(process.journal());
        }
        judge(root, Expected.of(lines));
    }

    private static void judge(Path root, Expected expected) throws Exception {
        try (LocalEngine engine = new LocalEngine(root)) {
            LocalEngine.Opened opened = engine.open(KillLoopWorker.GRAPH);
            expected.requireHeldBy(Content.of(opened.graph()));
            requireSound(opened.graph().verify(() -> false));
            for (BranchName branch : opened.graph().branches()) {
                if (!branch.equals(BranchName.MAIN)) {
                    opened.graph().deleteBranch(branch, LocalEngine.BY);
                }
            }
            opened.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false);
        }
        StoreFiles.age(root.resolve("graphs").resolve(KillLoopWorker.GRAPH));
        try (LocalEngine engine = new LocalEngine(root)) {
            LocalEngine.Opened opened = engine.open(KillLoopWorker.GRAPH);
            CollectReport report = opened.graph()
                    .collect(
                            new CollectRequest(OptionalInt.of(1), Optional.empty(), false),
                            LocalEngine.BY,
                            () -> false);
            assertThat(report.complete()).isTrue();
            requireSound(opened.graph().verify(() -> false));
            expected.requireHeldBy(Content.of(opened.graph()));
            StoreFiles.Needed needed = StoreFiles.needed(opened, report);
            List<String> files = StoreFiles.all(opened.folder());
            assertThat(files.stream().filter(file -> !needed.has(file)))
                    .as("files that nobody needs")
                    .isEmpty();
            assertThat(files).as("files that are needed").containsAll(needed.files());
            long bytes = 0;
            long list = 0;
            for (String file : files) {
                long size = Files.size(opened.folder().resolve(file));
                bytes += size;
                list += StoreFiles.isOfList(file) ? size : 0;
            }
            System.out.println(expected.summary() + "; " + files.size() + " files of " + bytes + " bytes are left, "
                    + list + " of them the list of branches; the newest state is " + needed.liveBytes());
            assertThat(bytes - list).isLessThanOrEqualTo(2 * needed.liveBytes());
        }
    }

    private static void requireSound(VerifyReport report) {
        assertThat(report.findings()).isEmpty();
        assertThat(report.sound()).isTrue();
    }
}
