package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.Provenance;
import io.precinct.engine.simulation.Content.Key;
import io.precinct.engine.simulation.Content.Kind;
import io.precinct.engine.simulation.Content.Row;
import io.precinct.engine.spi.AccessGate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Merges the head that {@code source} has when it begins into {@code branch}, entity by entity. */
record MergeBranches(BranchName source, BranchName branch) implements Write {
    @Override
    public Answer ask(Client client, Provenance by) {
        return Mutate.answer(client.graph()
                .merge(new MergeRequest(source, branch), AccessGate.UNRESTRICTED, by)
                .commit());
    }

    @Override
    public Set<BranchName> branches() {
        return Set.of(source, branch);
    }

    @Override
    public Set<Kind> reliesOn() {
        return Set.of(Kind.values());
    }

    @Override
    public void judge(Answer answer, Trial trial) {
        Write.super.judge(answer, trial);
        if (answer instanceof Answer.Committed committed) {
            Optional<CommitId> merged =
                    trial.history().state(committed.commit()).commit().mergedParent();
            if (trial.span(source).states().stream()
                    .noneMatch(state -> Optional.of(state.commit().id()).equals(merged))) {
                throw trial.wrong("merged what was not the head of its source");
            }
        }
    }

    @Override
    public List<Meaning> meanings(State on, Trial trial) {
        List<Meaning> meanings = new ArrayList<>();
        for (State from : trial.span(source).states()) {
            meanings.add(meaning(on, Optional.of(from), trial.history()));
            if (schemaWentApart(on, from, trial.history())) {
                meanings.add(new Meaning.IsRefused(Refusal.SCHEMAS_DIFFER));
            }
        }
        return meanings;
    }

    /** The same text may be another schema, made by other steps. */
    private static boolean schemaWentApart(State on, State from, History history) {
        Set<CommitId> ours = history.ancestors(on.commit().id());
        Set<CommitId> theirs = history.ancestors(from.commit().id());
        Set<CommitId> apart = new HashSet<>(ours);
        apart.addAll(theirs);
        apart.removeIf(one -> ours.contains(one) && theirs.contains(one));
        return apart.stream().anyMatch(one -> {
            State state = history.state(one);
            return state.commit().kind() == CommitInfo.Kind.SCHEMA
                    || state.commit().kind() == CommitInfo.Kind.MERGE;
        });
    }

    @Override
    public Meaning meaning(State on, Optional<State> merged, History history) {
        if (merged.isEmpty()) {
            // A merge without its second parent is none.
            return new Meaning.IsRefused(Refusal.MERGE_CONFLICT);
        }
        State from = merged.get();
        List<State> bases = history.mergeBases(on.commit().id(), from.commit().id());
        if (bases.size() == 1) {
            CommitId base = bases.getFirst().commit().id();
            if (base.equals(from.commit().id())) {
                return new Meaning.Becomes(on.content());
            }
            if (base.equals(on.commit().id())) {
                return new Meaning.Becomes(from.content());
            }
        }
        if (!on.content().form().equals(from.content().form())) {
            return new Meaning.IsRefused(Refusal.SCHEMAS_DIFFER);
        }
        return bases.size() == 1
                ? threeWay(bases.getFirst().content(), from.content(), on.content())
                : crossed(bases.stream().map(State::content).toList(), from.content(), on.content());
    }

    private static Meaning threeWay(Content base, Content source, Content target) {
        SortedMap<Key, Row> rows = new TreeMap<>(target.rows());
        for (Key key : source.keysApart(target)) {
            Row before = base.rows().get(key);
            Row theirs = source.rows().get(key);
            Row ours = target.rows().get(key);
            if (Objects.equals(before, theirs)) {
                continue;
            }
            if (!Objects.equals(before, ours)) {
                return new Meaning.IsRefused(Refusal.MERGE_CONFLICT);
            }
            if (theirs == null) {
                rows.remove(key);
            } else {
                rows.put(key, theirs);
            }
        }
        Content result = target.with(rows);
        return result.isValid() ? new Meaning.Becomes(result) : new Meaning.IsRefused(Refusal.MERGE_CONFLICT);
    }

    /** After merges that cross, an entity on which the ancestors don't agree may be decided either way. */
    private static Meaning crossed(List<Content> bases, Content source, Content target) {
        return new Meaning.BecomesOneThat(after -> {
            Set<Key> keys = new TreeSet<>(after.rows().keySet());
            keys.addAll(source.rows().keySet());
            keys.addAll(target.rows().keySet());
            return after.form().equals(target.form())
                    && keys.stream().allMatch(key -> {
                        Row theirs = source.rows().get(key);
                        Row ours = target.rows().get(key);
                        Row now = after.rows().get(key);
                        boolean agreed = bases.stream()
                                .allMatch(base -> Objects.equals(
                                        base.rows().get(key),
                                        bases.getFirst().rows().get(key)));
                        Row before = bases.getFirst().rows().get(key);
                        if (agreed && Objects.equals(before, theirs)) {
                            return Objects.equals(now, ours);
                        }
                        if (agreed && Objects.equals(before, ours)) {
                            return Objects.equals(now, theirs);
                        }
                        return Objects.equals(now, theirs) || Objects.equals(now, ours);
                    });
        });
    }
}
