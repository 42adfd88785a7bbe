package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.Target;
import io.precinct.engine.manifest.Snapshot;
import java.util.Optional;
import java.util.Set;

/** Reads a branch whole: it must be what the branch was at some moment of the read, nothing older. */
record ReadBranch(BranchName branch) implements Operation {
    @Override
    public Answer ask(Client client, Provenance by) {
        Snapshot snapshot = client.graph().snapshot(new Target.Branch(branch));
        return new Answer.Saw(snapshot.head().id(), client.read(snapshot));
    }

    @Override
    public Set<BranchName> branches() {
        return Set.of(branch);
    }

    @Override
    public void judge(Answer answer, Trial trial) {
        switch (answer) {
            case Answer.Tagged tagged -> throw trial.wrong("made a tag");
            case Answer.Saw saw -> {
                Optional<State> seen = trial.span(branch).states().stream()
                        .filter(state -> state.commit().id().equals(saw.head()))
                        .findFirst();
                if (seen.isEmpty()) {
                    throw trial.wrong("saw a state that was not there at that time");
                }
                History.requireEqual(saw.content(), seen.get().content(), "what " + trial.asked() + " saw");
            }
            case Answer.Refused(EngineFailure.NotFound absent) -> {
                if (!trial.span(branch).wasAbsent()) {
                    throw trial.wrong("missed a branch that was there all the time");
                }
            }
            case Answer.Refused(EngineFailure.HistoryReclaimed gone) -> {
                boolean movedOn = trial.span(branch).moments().size() > 1;
                if (!trial.history().collects() || !movedOn) {
                    throw trial.wrong("can't read a head that nobody took");
                }
            }
            case Answer.Refused(EngineFailure.StorageUnavailable unavailable) -> trial.requireTrouble();
            case Answer.Unknown unknown -> trial.requireTrouble();
            case Answer.Refused refused -> throw trial.wrong("failed in a way that is not documented for it");
            case Answer.Committed committed -> throw trial.wrong("made a commit");
            case Answer.Nothing nothing -> throw trial.wrong("did nothing");
            case Answer.Made made -> throw trial.wrong("made a branch");
            case Answer.Deleted deleted -> throw trial.wrong("deleted a branch");
        }
    }
}
