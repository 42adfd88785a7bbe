package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.Graph;
import io.precinct.engine.Provenance;
import io.precinct.engine.manifest.Snapshot;
import java.util.Set;

/**
 * One thing that a process does: how it is asked of the real engine, what it means, and how its answer is judged.
 * Immutable; may be asked again. A new kind of operation is one class and a line in {@link Sequence}.
 */
interface Operation {
    /** The graph as one life of a process has it. */
    interface Client {
        Graph graph();

        Content read(Snapshot snapshot);
    }

    /** Asks the engine, whose failures are thrown. */
    Answer ask(Client client, Provenance by);

    /** Whether it may be what made the branch appear. */
    default boolean makes(BranchName branch) {
        return false;
    }

    /** Whether it may be what made the branch disappear. */
    default boolean ends(BranchName branch) {
        return false;
    }

    /** Branches whose states matter for the answer. */
    Set<BranchName> branches();

    /** Fails unless the answer is right for what was there while the operation ran. */
    void judge(Answer answer, Trial trial);
}
