package io.precinct.policy.opa;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Evaluates in process. For each revision in use a bounded pool of instances, the first loaded from the documents, the
 * others copied from its memory; the revisions least recently used are dropped. An instance that failed or grew too
 * large is thrown away.
 */
final class WasmEvaluator implements RawEvaluator, AutoCloseable {
    static final String ENTRY_POINT = "precinct/main/decision";

    private final CompiledPolicy compiled;
    private final WasmSettings settings;
    private final Watchdog watchdog = new Watchdog();
    private final LoadingCache<PolicyRef, Pool> pools;

    WasmEvaluator(CompiledPolicy compiled, PolicySource source, WasmSettings settings) {
        this.compiled = compiled;
        this.settings = settings;
        this.pools = Caffeine.newBuilder()
                .maximumSize(settings.revisionsKept())
                .<PolicyRef, Pool>removalListener((policy, pool, cause) -> {
                    if (pool != null) {
                        pool.retire();
                    }
                })
                .build(policy -> find(source, policy)
                        .map(prepared -> new Pool(policy, prepared))
                        .orElse(null));
    }

    /** The policy of a tenant without one is built in, so that no store can turn it into anything else. */
    private static Optional<PreparedPolicy> find(PolicySource source, PolicyRef policy) {
        PreparedPolicy denyAll = PreparedPolicy.DENY_ALL;
        return policy.revision().equals(denyAll.revision()) ? Optional.of(denyAll) : source.find(policy);
    }

    /** Loads a revision, so that the first question about it is not the one that waits. */
    void load(PolicyRef policy) throws PolicyFailure {
        pool(policy);
    }

    @Override
    public AnswerForm form() {
        return AnswerForm.RESULT_SET;
    }

    @Override
    public byte[] evaluate(PolicyRef policy, byte[] input) throws PolicyFailure {
        if (input.length > PolicyInstance.MOST_INPUT_BYTES) {
            throw new PolicyFailure(
                    "input_too_large",
                    "the question has " + input.length + " bytes, at most " + PolicyInstance.MOST_INPUT_BYTES
                            + " are possible");
        }
        return pool(policy).evaluate(input);
    }

    private Pool pool(PolicyRef policy) throws PolicyFailure {
        Pool pool;
        try {
            pool = pools.get(policy);
        } catch (RuntimeException e) {
            throw new PolicyFailure("not_loaded", "the policy " + policy + " can't be loaded", e);
        }
        if (pool == null) {
            throw new PolicyFailure("no_such_revision", "there is no policy " + policy);
        }
        return pool;
    }

    @Override
    public void close() {
        pools.invalidateAll();
        watchdog.close();
    }

    private record Guarded(PolicyInstance instance, Watchdog.Guard guard) {}

    private final class Pool {
        private final PolicyInstance.Loaded loaded;
        private final int pagesLoaded;
        private final Semaphore permits = new Semaphore(settings.instances(), true);
        private final ConcurrentLinkedDeque<Guarded> idle = new ConcurrentLinkedDeque<>();
        private volatile boolean retired;

        Pool(PolicyRef policy, PreparedPolicy prepared) {
            if (!prepared.revision().equals(policy.revision())) {
                throw new IllegalStateException(
                        "asked for " + policy + " and was given revision " + prepared.revision());
            }
            PolicyInstance first = new PolicyInstance(
                    compiled, PolicyData.of(compiled, policy.tenant(), prepared), ENTRY_POINT, settings.dataPages());
            loaded = first.loaded();
            pagesLoaded = first.pages();
        }

        byte[] evaluate(byte[] input) throws PolicyFailure {
            try {
                if (!permits.tryAcquire(settings.patience().toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new PolicyFailure("busy", "no policy instance came free within " + settings.patience());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PolicyFailure("interrupted", "interrupted while waiting for a policy instance", e);
            }
            try {
                return evaluatePermitted(input);
            } finally {
                permits.release();
            }
        }

        private byte[] evaluatePermitted(byte[] input) throws PolicyFailure {
            Guarded guarded = idle.pollFirst();
            if (guarded == null) {
                guarded = new Guarded(
                        new PolicyInstance(compiled, loaded, pagesLoaded + settings.scratchPages()), watchdog.guard());
            }
            boolean sound = false;
            boolean late;
            byte[] answer = new byte[0];
            RuntimeException failure = null;
            guarded.guard().arm(settings.deadline().toNanos());
            try {
                answer = guarded.instance().evaluate(input);
                sound = true;
            } catch (RuntimeException e) {
                failure = e;
            } finally {
                late = guarded.guard().disarm();
                boolean keep =
                        sound && !late && guarded.instance().pages() <= pagesLoaded + settings.scratchPages() / 2;
                if (keep && !retired) {
                    idle.addFirst(guarded);
                } else {
                    watchdog.leave(guarded.guard());
                }
            }
            if (late) {
                throw new PolicyFailure("late", "the policy ran longer than " + settings.deadline());
            }
            if (failure instanceof ChicoryInterruptedException) {
                Thread.currentThread().interrupt();
                throw new PolicyFailure("interrupted", "interrupted while the policy ran", failure);
            }
            if (failure != null) {
                throw new PolicyFailure("aborted", "the policy gave up: " + failure.getMessage(), failure);
            }
            return answer;
        }

        void retire() {
            retired = true;
            for (Guarded guarded = idle.pollFirst(); guarded != null; guarded = idle.pollFirst()) {
                watchdog.leave(guarded.guard());
            }
        }
    }
}
