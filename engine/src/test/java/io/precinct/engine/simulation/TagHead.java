package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.TagName;
import io.precinct.engine.Target;
import java.util.Set;

/** Names the commit that a branch's head is when it is looked at. */
record TagHead(TagName name, BranchName branch) implements Operation {
    @Override
    public Answer ask(Client client, Provenance by) {
        CommitId head =
                client.graph().snapshot(new Target.Branch(branch)).head().id();
        client.graph().createTag(name, head, by);
        return new Answer.Tagged(head);
    }

    @Override
    public Set<BranchName> branches() {
        return Set.of(branch);
    }

    @Override
    public void judge(Answer answer, Trial trial) {
        switch (answer) {
            case Answer.Tagged tagged -> trial.history().tagged(name, tagged.commit());
            case Answer.Refused(EngineFailure.AlreadyExists taken) -> {
                if (!trial.history().asksForTag(name)) {
                    throw trial.wrong("met a tag that nobody made");
                }
            }
            case Answer.Refused(EngineFailure.NotFound absent)
            when absent.kind().equals("branch") -> {
                if (!trial.span(branch).wasAbsent()) {
                    throw trial.wrong("missed a branch that was there all the time");
                }
            }
            case Answer.Refused(EngineFailure.NotFound absent)
            when absent.kind().equals("tag") -> {
                // Made, and taken off before its maker looked at it.
                if (!trial.history().asksForUntag(name)) {
                    throw trial.wrong("lost a tag that nobody took off");
                }
            }
            case Answer.Refused(EngineFailure.NotFound absent)
            when absent.kind().equals("commit") -> {
                // To who never met a commit, one that is gone is like one that never was.
                if (!trial.history().collects() || trial.span(branch).moments().size() == 1) {
                    throw trial.wrong("was refused a head that nobody took");
                }
            }
            case Answer.Refused(EngineFailure.HistoryReclaimed reclaimed) -> {
                boolean movedOn = trial.span(branch).moments().size() > 1;
                if (!trial.history().collects() || !movedOn) {
                    throw trial.wrong("was refused a head that nobody took");
                }
            }
            case Answer.Refused(EngineFailure.StorageUnavailable unavailable) -> trial.requireTrouble();
            case Answer.Unknown unknown -> trial.requireTrouble();
            case Answer.Refused refused -> throw trial.wrong("failed in a way that is not documented for it");
            case Answer.Committed committed -> throw trial.wrong("made a commit");
            case Answer.Nothing nothing -> throw trial.wrong("did nothing");
            case Answer.Made made -> throw trial.wrong("made a branch");
            case Answer.Deleted deleted -> throw trial.wrong("deleted a branch");
            case Answer.Saw saw -> throw trial.wrong("was a read");
        }
    }
}
