package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import java.util.Set;

/** The end of a branch. */
record DeleteBranch(BranchName name) implements Operation {
    @Override
    public Answer ask(Client client, Provenance by) {
        client.graph().deleteBranch(name, by);
        return new Answer.Deleted();
    }

    @Override
    public boolean ends(BranchName branch) {
        return name.equals(branch);
    }

    @Override
    public Set<BranchName> branches() {
        return Set.of(name);
    }

    @Override
    public void judge(Answer answer, Trial trial) {
        switch (answer) {
            case Answer.Deleted deleted -> trial.requireEnded();
            case Answer.Refused(EngineFailure.NotFound absent) -> {
                if (!trial.span(name).wasAbsent()) {
                    throw trial.wrong("missed a branch that was there all the time");
                }
            }
            case Answer.Refused(EngineFailure.StorageUnavailable unavailable) -> trial.requireTrouble();
            case Answer.Unknown unknown -> trial.requireTrouble();
            case Answer.Refused refused -> throw trial.wrong("failed in a way that is not documented for it");
            case Answer.Committed committed -> throw trial.wrong("made a commit");
            case Answer.Nothing nothing -> throw trial.wrong("did nothing");
            case Answer.Made made -> throw trial.wrong("made a branch");
            case Answer.Tagged tagged -> throw trial.wrong("made a tag");
            case Answer.Saw saw -> throw trial.wrong("was a read");
        }
    }
}
