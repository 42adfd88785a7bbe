package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineFailure;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** An operation that publishes one commit, or nothing. */
interface Write extends Operation {
    /** What a write makes of a state. */
    sealed interface Meaning {
        record Becomes(Content content) implements Meaning {}

        /** Any that is right. */
        record BecomesOneThat(Predicate<Content> isRight) implements Meaning {}

        record IsRefused(Refusal refusal) implements Meaning {}

        default boolean allows(Content after) {
            return switch (this) {
                case Becomes becomes -> becomes.content().equals(after);
                case BecomesOneThat some -> some.isRight().test(after);
                case IsRefused refused -> false;
            };
        }

        default boolean isRefusal(Refusal refusal) {
            return this instanceof IsRefused(Refusal own) && own == refusal;
        }
    }

    enum Refusal {
        /** A rule of the schema stands against it. */
        RULE,
        KEY_TAKEN,
        MERGE_CONFLICT,
        SCHEMAS_DIFFER
    }

    /** The state, if every rule holds in it. */
    static Meaning ruled(Content after) {
        return after.isValid() ? new Meaning.Becomes(after) : new Meaning.IsRefused(Refusal.RULE);
    }

    BranchName branch();

    /** Kinds of which a change by somebody else may refuse it. */
    Set<Content.Kind> reliesOn();

    /**
     * @param merged the other parent of its commit, for a merge
     */
    Meaning meaning(State on, Optional<State> merged, History history);

    /** What it may mean to a state in the time of the trial. */
    default List<Meaning> meanings(State on, Trial trial) {
        return List.of(meaning(on, Optional.empty(), trial.history()));
    }

    @Override
    default Set<BranchName> branches() {
        return Set.of(branch());
    }

    @Override
    default void judge(Answer answer, Trial trial) {
        switch (answer) {
            case Answer.Committed committed -> trial.requirePublished(committed.commit());
            case Answer.Nothing nothing -> {
                boolean right = trial.span(branch()).states().stream()
                        .anyMatch(state ->
                                meanings(state, trial).stream().anyMatch(meaning -> meaning.allows(state.content())));
                if (!right) {
                    throw trial.wrong("changed nothing, and would have changed every state there was");
                }
            }
            case Answer.Refused refused -> judge(refused.failure(), trial);
            case Answer.Unknown unknown -> trial.requireTrouble();
            case Answer.Made made -> throw trial.wrong("made a branch");
            case Answer.Deleted deleted -> throw trial.wrong("deleted a branch");
            case Answer.Tagged tagged -> throw trial.wrong("made a tag");
            case Answer.Saw saw -> throw trial.wrong("was a read");
        }
    }

    private void judge(EngineFailure failure, Trial trial) {
        switch (failure) {
            case EngineFailure.Invalid invalid -> requireRefusal(Refusal.RULE, trial);
            case EngineFailure.KeyConflict conflict -> requireRefusal(Refusal.KEY_TAKEN, trial);
            case EngineFailure.MergeConflicts conflicts -> requireRefusal(Refusal.MERGE_CONFLICT, trial);
            case EngineFailure.Refused refused
            when refused.code().equals("schemas_differ") -> requireRefusal(Refusal.SCHEMAS_DIFFER, trial);
            case EngineFailure.Refused refused
            when refused.code().equals("collection_ran") -> {
                if (!trial.history().collects()) {
                    throw trial.wrong("met a collection, and there was none");
                }
            }
            case EngineFailure.HistoryReclaimed gone -> {
                // Two branches of which a collection took where they part.
                if (!trial.history().collects() || !(this instanceof MergeBranches)) {
                    throw trial.wrong("needs what nobody took");
                }
            }
            case EngineFailure.ReadSetChanged changed -> {
                if (!trial.span(branch()).changes(reliesOn())) {
                    throw trial.wrong("met a conflict, and nobody changed what it relied on");
                }
            }
            case EngineFailure.NotFound absent
            when absent.kind().equals("branch") -> {
                boolean missing = branches().stream()
                        .anyMatch(branch -> trial.span(branch).wasAbsent());
                if (!missing) {
                    throw trial.wrong("missed a branch that was there all the time");
                }
            }
            case EngineFailure.StorageUnavailable unavailable -> trial.requireTrouble();
            default -> throw trial.wrong("failed in a way that is not documented for it");
        }
    }

    private void requireRefusal(Refusal refusal, Trial trial) {
        boolean right = trial.span(branch()).states().stream()
                .anyMatch(state -> meanings(state, trial).stream().anyMatch(meaning -> meaning.isRefusal(refusal)));
        if (!right) {
            throw trial.wrong("was refused, and no state there was stands against it");
        }
    }
}
