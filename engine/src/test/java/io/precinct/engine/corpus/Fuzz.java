package io.precinct.engine.corpus;

import com.sun.management.ThreadMXBean;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Feeds a reader with spoilt texts for a while. It may answer or refuse with a typed failure; anything else, an answer
 * that takes longer than {@value #MOST_SECONDS} seconds or memory out of proportion fails with the seed and the text.
 * {@code -Dfuzz.seconds=600} goes on for so long, {@code -Dfuzz.seed=…} begins with that text.
 */
public final class Fuzz {
    private static final int MOST_SECONDS = 10;
    private static final long MOST_BYTES = 256L << 20;
    private static final long MOST_BYTES_A_CHARACTER = 16L << 10;
    private static final int SHOWN = 4_000;

    /** What is fed with one text; seeded besides, for choices of its own. */
    public interface Reader {
        void read(String text, long seed);
    }

    private Fuzz() {}

    /** Runs for {@code share} of the time there is. */
    public static void run(Mutants mutants, double share, Reader reader) {
        long seconds = Long.getLong("fuzz.seconds", 20);
        long first = Long.getLong("fuzz.seed", System.nanoTime());
        long end = System.nanoTime() + (long) (Duration.ofSeconds(seconds).toNanos() * share);
        AtomicReference<Thread> worker = new AtomicReference<>();
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "fuzz");
            thread.setDaemon(true);
            worker.set(thread);
            return thread;
        });
        try {
            long seed = first;
            do {
                one(mutants, seed++, reader, executor, worker);
            } while (System.nanoTime() < end);
            System.out.println("fuzz: " + (seed - first) + " texts from seed " + first);
        } finally {
            executor.shutdownNow();
        }
    }

    private static void one(
            Mutants mutants, long seed, Reader reader, ExecutorService executor, AtomicReference<Thread> worker) {
        String text = mutants.text(seed);
        try {
            long allocated =
                    executor.submit(() -> allocation(text, seed, reader)).get(MOST_SECONDS, TimeUnit.SECONDS);
            if (allocated > MOST_BYTES + MOST_BYTES_A_CHARACTER * text.length()) {
                throw failed("took " + allocated + " bytes", seed, text, null);
            }
        } catch (TimeoutException slow) {
            String stack = Arrays.stream(worker.get().getStackTrace())
                    .limit(40)
                    .map(Object::toString)
                    .collect(Collectors.joining("\n  "));
            throw failed("took more than " + MOST_SECONDS + " seconds, at\n  " + stack, seed, text, slow);
        } catch (ExecutionException broken) {
            throw failed("failed with " + broken.getCause(), seed, text, broken.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw failed("was interrupted", seed, text, stopped);
        }
    }

    private static long allocation(String text, long seed, Reader reader) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        reader.read(text, seed);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static AssertionError failed(String what, long seed, String text, Throwable cause) {
        String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "… (" + text.length() + ")";
        return new AssertionError("the text of -Dfuzz.seed=" + seed + " " + what + ":\n" + shown, cause);
    }

    /** Runs what may be refused; the refusal must be one that a caller can do something with. */
    public static void refusable(String text, Runnable reading) {
        try {
            reading.run();
        } catch (EngineException refused) {
            switch (refused.failure()) {
                case EngineFailure.Invalid invalid ->
                    invalid.diagnostics().forEach(found -> {
                        if (found.message().isBlank() || found.message().length() > 4_000) {
                            throw new AssertionError(
                                    "a message of " + found.message().length() + " characters");
                        }
                        if (found.span().isPresent() && found.span().get().start() > text.length()) {
                            throw new AssertionError("a place outside the text: " + found);
                        }
                    });
                case EngineFailure.NotSupportedYet unsupported -> {}
                case EngineFailure.NotFound absent -> {}
                case EngineFailure.ResourceLimit beyond -> {}
                case EngineFailure.KeyConflict conflict -> {}
                case EngineFailure.EmbeddingFailed failed -> {}
                default -> throw refused;
            }
        }
    }
}
