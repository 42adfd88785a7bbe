package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.TagName;
import java.util.Set;

/** Takes a tag off; what only it held may be taken. */
record Untag(TagName name) implements Operation {
    @Override
    public Answer ask(Client client, Provenance by) {
        client.graph().deleteTag(name, by);
        return new Answer.Nothing();
    }

    @Override
    public Set<BranchName> branches() {
        return Set.of();
    }

    @Override
    public void judge(Answer answer, Trial trial) {
        switch (answer) {
            case Answer.Nothing done -> {}
            case Answer.Refused(EngineFailure.NotFound absent) -> {}
            case Answer.Refused(EngineFailure.StorageUnavailable unavailable) -> trial.requireTrouble();
            case Answer.Unknown unknown -> trial.requireTrouble();
            case Answer.Tagged tagged -> throw trial.wrong("made a tag");
            case Answer.Refused refused -> throw trial.wrong("failed in a way that is not documented for it");
            case Answer.Committed committed -> throw trial.wrong("made a commit");
            case Answer.Made made -> throw trial.wrong("made a branch");
            case Answer.Deleted deleted -> throw trial.wrong("deleted a branch");
            case Answer.Saw saw -> throw trial.wrong("was a read");
        }
    }
}
