package io.precinct.platform.run;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.Graph;
import io.precinct.engine.Provenance;
import io.precinct.engine.Target;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.Snapshot;
import java.util.Optional;

/**
 * On what terms a request wants its write made.
 *
 * @param head the commit that its branch must still stand on
 * @param repeatable the sender may send it again, and it must not be done twice
 */
public record Conditions(Optional<CommitId> head, Optional<Repeatable> repeatable) {
    public static final Conditions NONE = new Conditions(Optional.empty(), Optional.empty());

    /** A request with a key of its sender's. */
    @FunctionalInterface
    public interface Repeatable {
        /** The write's one name, and where it was first tried; {@code now} if that is here and now. */
        WriteTerms.Once triedFirst(Snapshot now);
    }

    /** The terms of a write to the branch. */
    Provenance of(Provenance by, Graph graph, BranchName branch) {
        if (head.isEmpty() && repeatable.isEmpty()) {
            return by;
        }
        return by.on(
                new WriteTerms(head, repeatable.map(one -> one.triedFirst(graph.snapshot(new Target.Branch(branch))))));
    }
}
