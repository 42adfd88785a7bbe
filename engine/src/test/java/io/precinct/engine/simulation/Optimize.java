package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.Provenance;
import io.precinct.engine.simulation.Content.Kind;
import java.util.Optional;
import java.util.Set;

/** Folds and compacts without changing what a branch holds; survives every writer. */
record Optimize(BranchName branch) implements Write {
    @Override
    public Answer ask(Client client, Provenance by) {
        return Mutate.answer(client.graph().compact(branch, by, () -> false).commit());
    }

    @Override
    public Set<Kind> reliesOn() {
        return Set.of();
    }

    @Override
    public Meaning meaning(State on, Optional<State> merged, History history) {
        return new Meaning.Becomes(on.content());
    }
}
