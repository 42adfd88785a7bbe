package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.VerifyReport;
import java.util.Set;

/** Looks for damage, of which there is never any: also not where a collection is at work. */
record Verify() implements Operation {
    @Override
    public Answer ask(Client client, Provenance by) {
        VerifyReport report = client.graph().verify(() -> false);
        if (!report.findings().isEmpty()) {
            throw new AssertionError("there is damage: " + report.findings());
        }
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
