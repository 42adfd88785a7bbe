package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.simulation.Content.Key;
import io.precinct.engine.simulation.Content.Kind;
import io.precinct.engine.simulation.Content.Row;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Takes a person, or everybody of an age, away with all edges at them. */
record DeletePersons(BranchName branch, Optional<String> name, int age) implements Mutate {
    @Override
    public String statement() {
        return "query d() { delete Person where "
                + name.map(one -> "name = \"" + one + "\"").orElse("age = " + age) + " }";
    }

    @Override
    public Set<Kind> reliesOn() {
        return Set.of(Kind.PERSON, Kind.KNOWS, Kind.MEMBER);
    }

    @Override
    public Meaning meaning(State on, Optional<State> merged, History history) {
        SortedMap<Key, Row> rows = new TreeMap<>(on.content().rows());
        Set<String> gone = new TreeSet<>();
        rows.forEach((key, row) -> {
            if (key.kind() == Kind.PERSON
                    && name.map(key.id()::equals).orElse(row.number().equals(Optional.of(age)))) {
                gone.add(key.id());
            }
        });
        rows.entrySet()
                .removeIf(one -> one.getKey().kind() == Kind.PERSON
                                && gone.contains(one.getKey().id())
                        || one.getValue()
                                .ends()
                                .map(ends -> gone.contains(ends.from())
                                        || one.getKey().kind() == Kind.KNOWS && gone.contains(ends.to()))
                                .orElse(false));
        return Write.ruled(on.content().with(rows));
    }
}
