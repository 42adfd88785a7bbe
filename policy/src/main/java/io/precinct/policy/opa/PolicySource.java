package io.precinct.policy.opa;

import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import java.util.Optional;

/** Where prepared policies come from. Thread-safe; may block. */
@FunctionalInterface
public interface PolicySource {
    /** That revision of that tenant's policy; empty when there is none, which denies. */
    Optional<PreparedPolicy> find(PolicyRef policy);
}
