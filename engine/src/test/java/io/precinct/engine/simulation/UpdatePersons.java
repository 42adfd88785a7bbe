package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.simulation.Content.Key;
import io.precinct.engine.simulation.Content.Kind;
import io.precinct.engine.simulation.Content.Row;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Gives everybody of an age another age and perhaps an email, of which only one person may be. */
record UpdatePersons(BranchName branch, int age, int next, Optional<String> email) implements Mutate {
    @Override
    public String statement() {
        return "query u() { update Person set { age: %d%s } where age = %d }"
                .formatted(next, email.map(e -> ", email: \"" + e + "\"").orElse(""), age);
    }

    @Override
    public Set<Kind> reliesOn() {
        return Set.of(Kind.PERSON);
    }

    @Override
    public Meaning meaning(State on, Optional<State> merged, History history) {
        SortedMap<Key, Row> rows = new TreeMap<>(on.content().rows());
        rows.replaceAll((key, row) -> key.kind() == Kind.PERSON && row.number().equals(Optional.of(age))
                ? new Row(Optional.empty(), email.or(row::email), Optional.of(next), row.note())
                : row);
        return Write.ruled(on.content().with(rows));
    }
}
