package io.precinct.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.Target;
import io.precinct.engine.crash.FailingStores.Trouble;
import io.precinct.engine.spi.AccessGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A disk that is full, or takes no writes: every writer is told so by type, readers and other graphs notice nothing, what was
 * there stays, and everything works again as soon as there is room. Once with stores that say so at every possible moment,
 * and once on a real file system of a few megabytes where this machine lets one be mounted.
 */
class DiskFaultTest {
    private static final CollectRequest ONE = new CollectRequest(OptionalInt.of(1), Optional.empty(), false);
    private static final BranchName SIDE = new BranchName("side");

    @TempDir
    private Path root;

    /** All that changes something, each by its name. */
    private static Map<String, Runnable> changes(SmallGraph graph, String suffix) {
        Map<String, Runnable> all = new LinkedHashMap<>();
        all.put("insert", () -> graph.insert("new" + suffix, 1));
        all.put("update", () -> graph.update("a1", suffix.hashCode()));
        all.put("load", () -> graph.load("load" + suffix, 0, 300));
        all.put("branch", () -> graph.graph().createBranch(SIDE, BranchName.MAIN, LocalEngine.BY));
        all.put("load into the branch", () -> graph.load(SIDE, "side" + suffix, 0, 300));
        all.put(
                "merge",
                () -> graph.graph()
                        .merge(new MergeRequest(SIDE, BranchName.MAIN), AccessGate.UNRESTRICTED, LocalEngine.BY));
        all.put("compact", () -> graph.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false));
        all.put("delete the branch", () -> graph.graph().deleteBranch(SIDE, LocalEngine.BY));
        all.put("collect", () -> graph.graph().collect(ONE, LocalEngine.BY, () -> false));
        return all;
    }

    /** What each of the graph's branches holds. */
    private static Map<BranchName, Map<String, Integer>> state(SmallGraph graph) {
        Map<BranchName, Map<String, Integer>> state = new LinkedHashMap<>();
        for (BranchName branch : graph.graph().branches()) {
            try {
                state.put(branch, graph.content(new Target.Branch(branch)));
            } catch (EngineException ended) {
                // Its end could be written, and the list of branches could not.
                assertThat(ended.failure()).isInstanceOf(EngineFailure.NotFound.class);
            }
        }
        return state;
    }

    @ParameterizedTest
    @EnumSource
    void whereverItBeginsEveryWriterIsToldAndEverythingGoesOnAfterwards(Trouble trouble) throws Exception {
        FailingStores stores = new FailingStores();
        try (LocalEngine failing = new LocalEngine(root, stores.doors());
                LocalEngine whole = new LocalEngine(root)) {
            SmallGraph one =
                    new SmallGraph(failing.create("one", SmallGraph.SCHEMA).graph());
            SmallGraph other =
                    new SmallGraph(whole.create("other", SmallGraph.SCHEMA).graph());
            one.load("a", 0, 200);
            other.load("a", 0, 200);
            int round = 0;
            for (String name : changes(one, "").keySet()) {
                int writes = 0;
                while (true) {
                    String suffix = "-" + round++ + "-";
                    Map<BranchName, Map<String, Integer>> before = state(one);
                    stores.begin(trouble, writes);
                    Throwable failed = catchThrowable(changes(one, suffix).get(name)::run);
                    boolean met = stores.wasMet();
                    String place = name + " with " + writes + " writes left, which gave " + failed;
                    // Nothing that was read before has gone, and nobody else has noticed.
                    Map<BranchName, Map<String, Integer>> meanwhile = state(one);
                    other.insert("o" + round, round);
                    stores.end();
                    if (failed == null) {
                        if (!met) {
                            break;
                        }
                        // It is done all the same: what failed is derived, or is finished by whoever comes next.
                        if (!name.equals("collect")) {
                            break;
                        }
                        writes++;
                        continue;
                    }
                    assertThat(failed).as(place).isInstanceOf(EngineException.class);
                    EngineFailure failure = ((EngineException) failed).failure();
                    assertThat(failure)
                            .as(place)
                            .isInstanceOfAny(EngineFailure.StorageUnavailable.class, EngineFailure.CommitInDoubt.class);
                    if (failure instanceof EngineFailure.StorageUnavailable) {
                        assertThat(failure.retry()).as(place).isEqualTo(EngineFailure.Retry.LATER);
                        assertThat(meanwhile.get(BranchName.MAIN)).as(place).isEqualTo(before.get(BranchName.MAIN));
                    }
                    assertThat(state(one)).as(place).isEqualTo(meanwhile);
                    writes++;
                    assertThat(writes).as(place).isLessThan(200);
                }
            }
            one.insert("last", 1);
            assertThat(one.content()).containsEntry("last", 1);
            assertThat(one.graph().verify(() -> false).findings()).isEmpty();
            assertThat(other.content()).hasSize(200 + round);
        }
        leavesNothing(root, "one");
    }

    @Test
    void aRealDiskThatIsFullIsToldAsSuchAndGoesOnOnceThereIsRoom() throws Exception {
        Optional<SmallDisk> mounted = SmallDisk.mount(root.resolve("disk"), 24);
        if (mounted.isEmpty()) {
            System.out.println("no file system can be mounted here: a full disk was tried with failing stores only");
            return;
        }
        try (SmallDisk disk = mounted.get()) {
            try (LocalEngine engine = new LocalEngine(disk.folder())) {
                SmallGraph one =
                        new SmallGraph(engine.create("one", SmallGraph.SCHEMA).graph());
                SmallGraph other =
                        new SmallGraph(engine.create("other", SmallGraph.SCHEMA).graph());
                one.load("a", 0, 200);
                other.load("a", 0, 200);
                one.graph().createBranch(SIDE, BranchName.MAIN, LocalEngine.BY);
                one.load(SIDE, "s", 0, 200);
                one.insert("b", 1);
                Map<BranchName, Map<String, Integer>> before = state(one);
                disk.fill();
                for (String name : List.of("insert", "update", "load", "load into the branch", "merge", "compact")) {
                    EngineException failed = catchThrowableOfType(
                            EngineException.class, changes(one, "full").get(name)::run);
                    assertThat(failed).as(name).isNotNull();
                    assertThat(failed.failure())
                            .as(name + ": " + failed)
                            .isInstanceOf(EngineFailure.StorageUnavailable.class);
                    assertThat(failed.failure().retry()).as(name).isEqualTo(EngineFailure.Retry.LATER);
                    assertThat(state(one)).as(name).isEqualTo(before);
                    assertThat(other.content()).as(name).hasSize(200);
                }
                disk.free();
                one.insert("c", 1);
                one.load("d", 0, 200);
                one.graph().merge(new MergeRequest(SIDE, BranchName.MAIN), AccessGate.UNRESTRICTED, LocalEngine.BY);
                one.graph().deleteBranch(SIDE, LocalEngine.BY);
                assertThat(one.content()).hasSize(602);
                assertThat(one.graph().verify(() -> false).findings()).isEmpty();
                assertThat(other.graph().verify(() -> false).findings()).isEmpty();
            }
            leavesNothing(disk.folder(), "one");
        }
    }

    @Test
    void aRealDiskThatTakesNoWritesIsToldAsSuchAndGoesOnOnceItDoes() throws Exception {
        Optional<SmallDisk> mounted = SmallDisk.mount(root.resolve("disk"), 24);
        if (mounted.isEmpty()) {
            System.out.println(
                    "no file system can be mounted here: one that takes no writes was tried with failing stores only");
            return;
        }
        try (SmallDisk disk = mounted.get()) {
            try (TenantStore store = new TenantStore(disk.folder())) {
                SmallGraph one = store.create("one");
                one.load("a", 0, 200);
                store.create("shut").load("a", 0, 10);
            }
            try (TenantStore store = new TenantStore(disk.folder())) {
                SmallGraph one = store.open("one");
                Map<BranchName, Map<String, Integer>> before = state(one);
                disk.writable(false);
                for (String name : List.of("insert", "update", "load", "branch", "compact")) {
                    requireUnavailable(name, changes(one, "shut").get(name));
                    assertThat(state(one)).as(name).isEqualTo(before);
                }
                requireUnavailable("open", () -> store.open("shut"));
                requireUnavailable("create", () -> store.create("new"));
                disk.writable(true);
                one.insert("b", 1);
                one.load("c", 0, 100);
                assertThat(one.content()).hasSize(301);
                assertThat(store.open("shut").content()).hasSize(10);
                store.create("new").insert("a", 1);
                assertThat(one.graph().verify(() -> false).findings()).isEmpty();
            }
        }
    }

    private static void requireUnavailable(String name, Runnable change) {
        Throwable failed = catchThrowable(change::run);
        assertThat(failed)
                .as(name)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        typed -> assertThat(typed.failure())
                                .as(name + ": " + typed)
                                .isInstanceOf(EngineFailure.StorageUnavailable.class));
    }

    @Test
    void aGraphWhoseFolderCannotBeOpenedIsUnavailableByType() throws Exception {
        try (TenantStore store = new TenantStore(root)) {
            store.create("one").insert("a", 1);
        }
        Path temporary = root.resolve("graphs/one/+tmp");
        Files.delete(temporary);
        Files.writeString(temporary, "a file where a folder must be");
        try (TenantStore store = new TenantStore(root)) {
            requireUnavailable("open", () -> store.open("one"));
            store.create("other").insert("a", 1);
            Files.delete(temporary);
            assertThat(store.open("one").content()).hasSize(1);
        }
    }

    /** After a collection, nothing but what its newest state needs. */
    private static void leavesNothing(Path root, String name) throws Exception {
        try (LocalEngine engine = new LocalEngine(root)) {
            LocalEngine.Opened opened = engine.open(name);
            if (opened.graph().branches().contains(SIDE)) {
                opened.graph().deleteBranch(SIDE, LocalEngine.BY);
            }
            opened.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false);
            CollectReport report = opened.graph().collect(ONE, LocalEngine.BY, () -> false);
            assertThat(opened.graph().verify(() -> false).findings()).isEmpty();
            StoreFiles.Needed needed = StoreFiles.needed(opened, report);
            assertThat(StoreFiles.all(opened.folder()).stream().filter(file -> !needed.has(file)))
                    .isEmpty();
        }
    }

    /** A file system in memory, of this test alone. */
    private record SmallDisk(Path folder) implements AutoCloseable {
        /** Empty where none may be mounted. */
        static Optional<SmallDisk> mount(Path folder, int megabytes) throws Exception {
            Files.createDirectories(folder);
            return run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString())
                    ? Optional.of(new SmallDisk(folder))
                    : Optional.empty();
        }

        void writable(boolean yes) throws Exception {
            assertThat(run("mount", "-o", "remount," + (yes ? "rw" : "ro"), folder.toString()))
                    .isTrue();
        }

        /** To the last byte. */
        void fill() throws IOException {
            byte[] piece = new byte[1 << 16];
            try (var out = Files.newOutputStream(folder.resolve("ballast"))) {
                while (true) {
                    out.write(piece);
                }
            } catch (IOException full) {
                assertThat(full).hasMessageContaining("No space left");
            }
        }

        void free() throws IOException {
            Files.delete(folder.resolve("ballast"));
        }

        private static boolean run(String... command) throws Exception {
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
            } catch (IOException absent) {
                return false;
            }
        }

        @Override
        public void close() throws Exception {
            assertThat(run("umount", folder.toString())).isTrue();
        }
    }
}
