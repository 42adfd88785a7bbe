package io.precinct.engine.simulation;

import io.precinct.engine.storage.InMemoryTableStore;
import io.precinct.engine.storage.TableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Runs many sequences, and makes the first that fails as small as it can. */
final class Trials {
    private static final int MOST_TRIES = 400;

    /** A sequence that fails, and how. */
    record Finding(Sequence sequence, AssertionError failure) {
        AssertionError told(long seed) {
            return new AssertionError(
                    "seed " + seed + ": " + failure.getMessage()
                            + "\nrun again with -Dsimulation.seed=" + seed
                            + " -Dsimulation.sequences=1; as small as it gets:\n" + sequence,
                    failure);
        }
    }

    private final Defect.Plant defect;
    private final Supplier<TableStore> tables;

    private Trials(Defect.Plant defect, Supplier<TableStore> tables) {
        this.defect = defect;
        this.tables = tables;
    }

    static Trials of(Defect.Plant defect) {
        return new Trials(defect, InMemoryTableStore::new);
    }

    /** @param tables each closed by its run */
    static Trials on(Supplier<TableStore> tables) {
        return new Trials(Defect.Plant.NONE, tables);
    }

    /**
     * Runs sequences of the seeds {@code first} to {@code first + count - 1} on every core, until one fails.
     *
     * @return the one that failed
     */
    Optional<Sequence> run(long first, long count) {
        AtomicLong next = new AtomicLong(first);
        AtomicLong failed = new AtomicLong(Long.MAX_VALUE);
        int cores = Runtime.getRuntime().availableProcessors();
        try (ExecutorService threads = Executors.newFixedThreadPool(cores)) {
            List<Future<?>> running = new ArrayList<>();
            for (int core = 0; core < cores; core++) {
                running.add(threads.submit(() -> {
                    for (long seed = next.getAndIncrement();
                            seed < first + count && failed.get() == Long.MAX_VALUE;
                            seed = next.getAndIncrement()) {
                        if (failure(Sequence.of(seed)).isPresent()) {
                            failed.accumulateAndGet(seed, Math::min);
                        }
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException | InterruptedException broken) {
            throw new IllegalStateException("a run of sequences broke off", broken);
        }
        return failed.get() == Long.MAX_VALUE ? Optional.empty() : Optional.of(Sequence.of(failed.get()));
    }

    private Optional<AssertionError> failure(Sequence sequence) {
        try (TableStore own = tables.get()) {
            Simulation.run(sequence, defect, own);
            return Optional.empty();
        } catch (AssertionError wrong) {
            return Optional.of(wrong);
        }
    }

    /** Leaves out whatever is not needed for a failure, which need not be the same one. */
    Finding smallest(Sequence failing) {
        Finding best = new Finding(
                failing,
                failure(failing)
                        .orElseThrow(() -> new AssertionError("seed " + failing.seed()
                                + " failed and doesn't fail again: something but the seed decides")));
        int tries = 0;
        best = simpler(best, best.sequence().inFairWeather());
        best = simpler(best, best.sequence().withoutWarmUp());
        for (int size = Math.max(1, best.sequence().steps().size() / 2); size > 0 && tries < MOST_TRIES; ) {
            boolean smaller = false;
            for (int from = 0; from + size <= best.sequence().steps().size() && tries < MOST_TRIES; from++) {
                List<Sequence.Step> fewer = new ArrayList<>(best.sequence().steps());
                fewer.subList(from, from + size).clear();
                Finding found = simpler(best, best.sequence().with(fewer));
                tries++;
                if (found != best) {
                    best = found;
                    smaller = true;
                    from--;
                }
            }
            if (!smaller) {
                size /= 2;
            }
        }
        return best;
    }

    private Finding simpler(Finding best, Sequence sequence) {
        return failure(sequence).map(wrong -> new Finding(sequence, wrong)).orElse(best);
    }
}
