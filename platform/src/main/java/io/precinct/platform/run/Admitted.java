package io.precinct.platform.run;

import io.precinct.engine.Provenance;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.spi.AccessGate;
import io.precinct.platform.identity.Caller;
import io.precinct.policy.Decision;

/**
 * An operation's licence to run.
 *
 * @param gate the decision as the engine asks for it
 * @param budget the decision's limits
 * @param maxRows rows that a result may have; the rest is cut and said to be cut
 * @param by what its commits will say of their origin
 */
public record Admitted(
        Caller caller, Decision decision, AccessGate gate, ExecutionBudget budget, long maxRows, Provenance by) {}
