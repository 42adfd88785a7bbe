package io.precinct.policy.opa;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.precinct.policy.Decider;
import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.PolicyRef;
import java.util.Arrays;

/**
 * Remembers decisions exactly. A decision is a function of the policy revision and of what the policy reads, so an equal
 * question has the very same answer, for ever; a new revision is a new space of keys. Nothing ages. Failures are not
 * remembered.
 */
public final class RememberingDecider implements Decider {
    private static final int KEY_OVERHEAD_BYTES = 256;

    private final ProjectedDecider decider;
    private final Cache<Key, Decision> remembered;

    /** @param mostBytes bound on the keys' bytes, with an allowance for each decision */
    public RememberingDecider(ProjectedDecider decider, long mostBytes) {
        this.decider = decider;
        this.remembered = Caffeine.newBuilder()
                .maximumWeight(mostBytes)
                .<Key, Decision>weigher((key, decision) -> key.projected.length
                        + KEY_OVERHEAD_BYTES
                        + 256 * decision.obligations().types().size())
                .build();
    }

    @Override
    public Decision decide(PolicyRef policy, DecisionInput input) {
        return answer(policy, input).decision();
    }

    @Override
    public Answer answer(PolicyRef policy, DecisionInput input) {
        byte[] projected = decider.projection().encode(input);
        Key key = new Key(policy, projected);
        Decision known = remembered.getIfPresent(key);
        if (known != null) {
            return new Answer(known, true);
        }
        Decision decision = decider.decide(policy, input, projected);
        if (decision.outcome() != Decision.Outcome.POLICY_UNAVAILABLE) {
            remembered.put(key, decision);
        }
        return new Answer(decision, false);
    }

    private static final class Key {
        private final PolicyRef policy;
        private final byte[] projected;
        private final int hash;

        Key(PolicyRef policy, byte[] projected) {
            this.policy = policy;
            this.projected = projected;
            this.hash = 31 * policy.hashCode() + Arrays.hashCode(projected);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && hash == key.hash
                    && Arrays.equals(projected, key.projected)
                    && policy.equals(key.policy);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
