package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.simulation.Content.Key;
import io.precinct.engine.simulation.Content.Kind;
import io.precinct.engine.simulation.Content.Row;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Replaces the whole person who is there already. */
record InsertPerson(BranchName branch, String name, Optional<String> email, int age) implements Mutate {
    @Override
    public String statement() {
        return "query i() { insert Person { name: \"%s\"%s, age: %d } }"
                .formatted(name, email.map(e -> ", email: \"" + e + "\"").orElse(""), age);
    }

    @Override
    public Set<Kind> reliesOn() {
        return Set.of(Kind.PERSON);
    }

    @Override
    public Meaning meaning(State on, Optional<State> merged, History history) {
        SortedMap<Key, Row> rows = new TreeMap<>(on.content().rows());
        rows.put(new Key(Kind.PERSON, name), Row.person(email, Optional.of(age)));
        return Write.ruled(on.content().with(rows));
    }
}
