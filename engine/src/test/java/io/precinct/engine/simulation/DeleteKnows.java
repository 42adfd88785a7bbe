package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.simulation.Content.Key;
import io.precinct.engine.simulation.Content.Kind;
import io.precinct.engine.simulation.Content.Row;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Takes away whom one knows. */
record DeleteKnows(BranchName branch, String from) implements Mutate {
    @Override
    public String statement() {
        return "query d() { delete Knows where from = \"" + from + "\" }";
    }

    @Override
    public Set<Kind> reliesOn() {
        return Set.of(Kind.KNOWS);
    }

    @Override
    public Meaning meaning(State on, Optional<State> merged, History history) {
        SortedMap<Key, Row> rows = new TreeMap<>(on.content().rows());
        rows.entrySet()
                .removeIf(one -> one.getKey().kind() == Kind.KNOWS
                        && one.getValue().ends().orElseThrow().from().equals(from));
        return new Meaning.Becomes(on.content().with(rows));
    }
}
