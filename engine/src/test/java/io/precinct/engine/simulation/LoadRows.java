package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.LoadMode;
import io.precinct.engine.Provenance;
import io.precinct.engine.simulation.Content.Key;
import io.precinct.engine.simulation.Content.Kind;
import io.precinct.engine.simulation.Content.Row;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Loads rows of any kinds with ids of their own. */
record LoadRows(BranchName branch, LoadMode mode, SortedMap<Key, Row> rows) implements Write {
    LoadRows {
        rows = Collections.unmodifiableSortedMap(new TreeMap<>(rows));
    }

    private static String line(Key key, Row row) {
        String id = key.id();
        String number = row.number().map(String::valueOf).orElse("null");
        return switch (key.kind()) {
            case PERSON ->
                "{\"type\":\"Person\",\"data\":{\"name\":\"%s\",\"age\":%s%s%s}}"
                        .formatted(
                                id,
                                number,
                                row.email().map(e -> ",\"email\":\"" + e + "\"").orElse(""),
                                row.note().map(n -> ",\"note\":\"" + n + "\"").orElse(""));
            case TEAM -> "{\"type\":\"Team\",\"data\":{\"title\":\"%s\"}}".formatted(id);
            case CITY -> "{\"type\":\"City\",\"data\":{\"code\":\"%s\"}}".formatted(id);
            case KNOWS, MEMBER ->
                "{\"edge\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"data\":{\"id\":\"%s\",\"since\":%s}}"
                        .formatted(
                                key.kind().typeName,
                                row.ends().orElseThrow().from(),
                                row.ends().orElseThrow().to(),
                                id,
                                number);
        };
    }

    @Override
    public Answer ask(Client client, Provenance by) {
        List<String> lines = new ArrayList<>();
        rows.forEach((key, row) -> lines.add(line(key, row)));
        return Mutate.answer(client.graph()
                .load(
                        branch,
                        mode,
                        new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)),
                        AccessGate.UNRESTRICTED,
                        by)
                .commit());
    }

    private Set<Kind> kinds() {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        rows.keySet().forEach(key -> kinds.add(key.kind()));
        return kinds;
    }

    @Override
    public Set<Kind> reliesOn() {
        Set<Kind> kinds = kinds();
        if (kinds.contains(Kind.KNOWS) || kinds.contains(Kind.MEMBER)) {
            kinds.addAll(Set.of(Kind.PERSON, Kind.TEAM));
        }
        if (mode == LoadMode.OVERWRITE) {
            kinds.addAll(Set.of(Kind.KNOWS, Kind.MEMBER));
        }
        return kinds;
    }

    @Override
    public List<Meaning> meanings(State on, Trial trial) {
        // Which of two refusals is met first is nobody's business.
        List<Meaning> meanings = new ArrayList<>(List.of(meaning(on, Optional.empty(), trial.history())));
        if (mode == LoadMode.APPEND && (unknownToForm(on) || !after(on).isValid())) {
            meanings.add(new Meaning.IsRefused(Refusal.RULE));
        }
        return meanings;
    }

    private boolean unknownToForm(State on) {
        return rows.keySet().stream().anyMatch(key -> key.kind() == Kind.CITY)
                        && !on.content().form().cities()
                || rows.values().stream().anyMatch(row -> row.note().isPresent())
                        && !on.content().form().notes();
    }

    private Content after(State on) {
        SortedMap<Key, Row> all = new TreeMap<>(on.content().rows());
        if (mode == LoadMode.OVERWRITE) {
            Set<Kind> kinds = kinds();
            all.keySet().removeIf(key -> kinds.contains(key.kind()));
        }
        all.putAll(rows);
        return on.content().with(all);
    }

    @Override
    public Meaning meaning(State on, Optional<State> merged, History history) {
        if (unknownToForm(on)) {
            return new Meaning.IsRefused(Refusal.RULE);
        }
        if (mode == LoadMode.APPEND && !Collections.disjoint(on.content().rows().keySet(), rows.keySet())) {
            return new Meaning.IsRefused(Refusal.KEY_TAKEN);
        }
        return Write.ruled(after(on));
    }
}
