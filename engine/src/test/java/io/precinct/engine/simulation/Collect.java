package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Takes what the newest commits of each branch don't need. Nothing that is kept may be different afterwards. */
record Collect(int keep, boolean dryRun) implements Operation {
    @Override
    public Answer ask(Client client, Provenance by) {
        client.graph().collect(new CollectRequest(OptionalInt.of(keep), Optional.empty(), dryRun), by, () -> false);
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
            case Answer.Refused(EngineFailure.Busy busy) -> {
                if (!trial.history().collectsBeside(trial.asked())) {
                    throw trial.wrong("met another collection, and there was none");
                }
            }
            case Answer.Refused(EngineFailure.StorageUnavailable unavailable) -> trial.requireTrouble();
            case Answer.Unknown unknown -> trial.requireTrouble();
            case Answer.Refused refused -> throw trial.wrong("failed in a way that is not documented for it");
            case Answer.Tagged tagged -> throw trial.wrong("made a tag");
            case Answer.Committed committed -> throw trial.wrong("made a commit");
            case Answer.Made made -> throw trial.wrong("made a branch");
            case Answer.Deleted deleted -> throw trial.wrong("deleted a branch");
            case Answer.Saw saw -> throw trial.wrong("was a read");
        }
    }
}
