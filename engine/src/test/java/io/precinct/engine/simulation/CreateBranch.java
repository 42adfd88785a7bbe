package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.manifest.Snapshot;
import java.util.Set;

/** A branch with the state that another has. */
record CreateBranch(BranchName name, BranchName from) implements Operation {
    @Override
    public Answer ask(Client client, Provenance by) {
        Snapshot made = client.graph().createBranch(name, from, by);
        return new Answer.Made(made.stream(), made.head().id());
    }

    @Override
    public boolean makes(BranchName branch) {
        return name.equals(branch);
    }

    @Override
    public Set<BranchName> branches() {
        return Set.of(name, from);
    }

    @Override
    public void judge(Answer answer, Trial trial) {
        switch (answer) {
            case Answer.Made made -> {
                trial.requireMade(made.stream());
                if (trial.span(from).states().stream()
                        .noneMatch(state -> state.commit().id().equals(made.head()))) {
                    throw trial.wrong("was made of what was not the head of its source");
                }
            }
            case Answer.Refused(EngineFailure.AlreadyExists present) -> {
                if (!trial.span(name).wasPresent()) {
                    throw trial.wrong("met a branch that was never there");
                }
            }
            case Answer.Refused(EngineFailure.NotFound absent) -> {
                if (!trial.span(from).wasAbsent()) {
                    throw trial.wrong("missed a branch that was there all the time");
                }
            }
            case Answer.Refused(EngineFailure.StorageUnavailable unavailable) -> trial.requireTrouble();
            case Answer.Unknown unknown -> trial.requireTrouble();
            case Answer.Refused refused -> throw trial.wrong("failed in a way that is not documented for it");
            case Answer.Committed committed -> throw trial.wrong("made a commit");
            case Answer.Nothing nothing -> throw trial.wrong("did nothing");
            case Answer.Deleted deleted -> throw trial.wrong("deleted a branch");
            case Answer.Tagged tagged -> throw trial.wrong("made a tag");
            case Answer.Saw saw -> throw trial.wrong("was a read");
        }
    }
}
