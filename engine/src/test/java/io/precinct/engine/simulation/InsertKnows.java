package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.simulation.Content.Key;
import io.precinct.engine.simulation.Content.Kind;
import io.precinct.engine.simulation.Content.Row;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A new edge, whose id is not known before. */
record InsertKnows(BranchName branch, String from, String to, int since) implements Mutate {
    @Override
    public String statement() {
        return "query k() { insert Knows { from: \"%s\", to: \"%s\", since: %d } }".formatted(from, to, since);
    }

    @Override
    public Set<Kind> reliesOn() {
        return Set.of(Kind.PERSON, Kind.KNOWS);
    }

    @Override
    public Meaning meaning(State on, Optional<State> merged, History history) {
        Content before = on.content();
        if (!before.has(Kind.PERSON, from) || !before.has(Kind.PERSON, to)) {
            return new Meaning.IsRefused(Refusal.RULE);
        }
        return new Meaning.BecomesOneThat(after -> {
            Set<Key> apart = before.keysApart(after);
            if (apart.size() != 1 || before.rows().containsKey(apart.iterator().next())) {
                return false;
            }
            SortedMap<Key, Row> rows = new TreeMap<>(before.rows());
            Key fresh = apart.iterator().next();
            rows.put(fresh, Row.edge(from, to, since));
            return fresh.kind() == Kind.KNOWS && before.with(rows).equals(after);
        });
    }
}
