package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.InMemoryObjectStore.Fault;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.upkeep.Compact;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The process dies after each of its writes in turn; the next one finds the state before or the state after. */
class CrashCutTest {
    private static final BranchName SIDE = new BranchName("side");

    @TempDir
    private Path directory;

    enum Step {
        INLINE_WRITE {
            @Override
            void run(LogRig rig, GraphLog log, TableStore tables) {
                rig.commit(log, rig.put(Map.of("a", Optional.of(100L), "b", Optional.empty()), LogRig.Form.INLINE));
            }
        },
        FRAGMENT_WRITE {
            @Override
            void run(LogRig rig, GraphLog log, TableStore tables) {
                rig.commit(
                        log,
                        rig.put(
                                Map.of("a", Optional.of(100L), "b", Optional.empty(), "z", Optional.of(26L)),
                                LogRig.Form.FRAGMENTS));
            }
        },
        FORCED_FOLD {
            @Override
            int overlayRecords() {
                return 4;
            }

            @Override
            void run(LogRig rig, GraphLog log, TableStore tables) {
                for (int i = 0; i < 5; i++) {
                    rig.commit(log, rig.put("one", 1));
                    rig.commit(log, rig.delete("one"));
                }
            }
        },
        BACKGROUND_FOLD {
            @Override
            int overlayRecords() {
                return 16;
            }

            @Override
            void run(LogRig rig, GraphLog log, TableStore tables) {
                Behind behind = (Behind) rig.background.orElseThrow();
                for (int i = 0; i < 3; i++) {
                    rig.commit(log, rig.put("one", 1));
                    behind.runPlanned();
                    rig.commit(log, rig.delete("one"));
                    behind.runPlanned();
                }
                // With nobody to take its place, a fold that died is the last thing this process did.
                behind.failures().stream().findFirst().ifPresent(failure -> {
                    throw failure.cause();
                });
            }
        },
        CHECKPOINT {
            @Override
            void run(LogRig rig, GraphLog log, TableStore tables) {
                while (log.head(BranchName.MAIN).sequence() < 33) {
                    rig.commit(log, rig.put("one", 1));
                    rig.commit(log, rig.delete("one"));
                }
            }
        },
        COMPACTION {
            @Override
            void run(LogRig rig, GraphLog log, TableStore tables) {
                log.commit(
                        BranchName.MAIN,
                        new Compact(tables, new TableStore.CompactionLimits(1_000, 0.1), LogRig.BY, () -> false),
                        AccessGate.UNRESTRICTED);
            }
        },
        BRANCH_CREATE {
            @Override
            void run(LogRig rig, GraphLog log, TableStore tables) {
                log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
            }
        },
        BRANCH_DELETE {
            @Override
            void before(GraphLog log) {
                log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
            }

            @Override
            void run(LogRig rig, GraphLog log, TableStore tables) {
                log.deleteBranch(SIDE, LogRig.BY);
            }
        };

        int overlayRecords() {
            return 32;
        }

        void before(GraphLog log) {}

        abstract void run(LogRig rig, GraphLog log, TableStore tables);
    }

    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static Map<BranchName, Map<String, Long>> state(LogRig rig, GraphLog log) {
        Map<BranchName, Map<String, Long>> state = new TreeMap<>();
        for (BranchName branch : log.branches()) {
            try {
                state.put(branch, rig.read(log.head(branch)));
            } catch (EngineException ended) {
                assertThat(ended.failure()).isInstanceOf(EngineFailure.NotFound.class);
            }
        }
        assertThat(log.branches()).as("the first reader closes the gap").containsExactlyElementsOf(state.keySet());
        return state;
    }

    private static boolean writes(Operation operation) {
        return operation == Operation.PUT || operation == Operation.PUT_IF_ABSENT;
    }

    @ParameterizedTest
    @EnumSource
    void isBeforeOrAfterWhereverTheProcessDies(Step step) {
        int cuts = 0;
        for (Fault last : new Fault[] {Fault.UNAVAILABLE_BEFORE, Fault.IN_DOUBT_AFTER}) {
            boolean survived = false;
            for (int writes = 0; !survived; writes++) {
                survived = survives(step, writes, last, directory.resolve(last + "-" + writes));
                cuts++;
            }
        }
        assertThat(cuts).as("cuts, the two runs that end included").isGreaterThanOrEqualTo(4);
    }

    /** Lets {@code allowed} writes through; the next meets {@code last}, and then nothing answers any more. */
    private static boolean survives(Step step, int allowed, Fault last, Path root) {
        try (LogRig rig = new LogRig(root);
                Behind behind = Behind.byHand()) {
            rig.background = step == Step.BACKGROUND_FOLD ? Optional.of(behind) : Optional.empty();
            rig.limits = new LogSettings.Limits(
                    64 << 10,
                    256 << 10,
                    64 << 10,
                    8_192,
                    4 << 20,
                    step.overlayRecords(),
                    Duration.ofSeconds(30),
                    Duration.ofNanos(1));
            Map<BranchName, Map<String, Long>> before;
            try (GraphLog log = rig.create()) {
                rig.commit(log, rig.put(Map.of("a", Optional.of(1L)), LogRig.Form.FRAGMENTS));
                rig.commit(log, rig.put(Map.of("b", Optional.of(2L)), LogRig.Form.FRAGMENTS));
                rig.commit(log, rig.put("c", 3));
                step.before(log);
                before = state(rig, log);
            }
            AtomicInteger done = new AtomicInteger();
            Runnable mortal = () -> {
                if (done.getAndIncrement() >= allowed) {
                    throw new Death();
                }
            };
            TableStore tables = new HookedTables(rig.tables, write -> mortal.run());
            rig.objects.faults(request -> {
                if (!writes(request.operation())) {
                    return done.get() > allowed ? Optional.of(Fault.UNAVAILABLE_BEFORE) : Optional.empty();
                }
                int number = done.getAndIncrement();
                if (number < allowed) {
                    return Optional.empty();
                }
                return Optional.of(number == allowed ? last : Fault.UNAVAILABLE_BEFORE);
            });
            Optional<RuntimeException> failure = Optional.empty();
            try (GraphLog log = rig.open(rig.objects, tables)) {
                step.run(rig, log, tables);
            } catch (EngineException | StoreException | Death death) {
                failure = Optional.of(death);
            }
            boolean died = done.get() > allowed;
            rig.objects.faults(request -> Optional.empty());

            try (GraphLog log = rig.open()) {
                Map<BranchName, Map<String, Long>> after = state(rig, log);
                String place = step + " cut after " + allowed + " writes by " + last + ", which gave " + failure;
                if (failure.isEmpty()) {
                    assertThat(after).as(place).isEqualTo(expected(step, before));
                } else if (step == Step.FORCED_FOLD || step == Step.BACKGROUND_FOLD || step == Step.CHECKPOINT) {
                    Map<String, Long> main = new TreeMap<>(after.get(BranchName.MAIN));
                    main.remove("one");
                    assertThat(main).as(place).isEqualTo(before.get(BranchName.MAIN));
                } else {
                    assertThat(after).as(place).isIn(before, expected(step, before));
                }
                worksOn(rig, log, place);
            }
            return !died;
        }
    }

    private static Map<BranchName, Map<String, Long>> expected(Step step, Map<BranchName, Map<String, Long>> before) {
        Map<String, Long> main = before.get(BranchName.MAIN);
        return switch (step) {
            case INLINE_WRITE -> Map.of(BranchName.MAIN, Map.of("a", 100L, "c", 3L));
            case FRAGMENT_WRITE -> Map.of(BranchName.MAIN, Map.of("a", 100L, "c", 3L, "z", 26L));
            case FORCED_FOLD, BACKGROUND_FOLD, CHECKPOINT, COMPACTION -> before;
            case BRANCH_CREATE -> Map.of(BranchName.MAIN, main, SIDE, main);
            case BRANCH_DELETE -> Map.of(BranchName.MAIN, main);
        };
    }

    private static void worksOn(LogRig rig, GraphLog log, String place) {
        rig.commit(log, rig.put("next", 9));
        assertThat(rig.read(log)).as(place).containsEntry("next", 9L);
        if (log.branches().contains(SIDE)) {
            log.commit(SIDE, rig.put("next", 8), AccessGate.UNRESTRICTED);
            assertThat(rig.read(log.head(SIDE))).as(place).containsEntry("next", 8L);
            log.deleteBranch(SIDE, LogRig.BY);
        }
        log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
        assertThat(rig.read(log.head(SIDE))).as(place).isEqualTo(rig.read(log));
    }

    @org.junit.jupiter.api.Test
    void anEndedBranchThatIsStillListedIsFreeToBeCreated() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
            rig.objects.faults(request -> request.operation() == Operation.PUT_IF_ABSENT
                            && request.key().startsWith("log/~refs/")
                    ? Optional.of(Fault.UNAVAILABLE_BEFORE)
                    : Optional.empty());
            // It has ended, and that is what its deleter hears.
            log.deleteBranch(SIDE, LogRig.BY);
            rig.objects.faults(request -> Optional.empty());
            try (GraphLog other = rig.open()) {
                assertThat(other.branches()).contains(SIDE);
                other.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
                assertThat(other.head(SIDE).branch()).isEqualTo(SIDE);
            }
        }
    }
}
