package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.EngineException;
import io.precinct.engine.LoadMode;
import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random mutations and loads, checked against the rules written out over plain maps. */
class WriteModelTest {
    private static final int OPERATIONS = 400;

    /** The rules by themselves: persons with a unique email, knows without bound, at most two and at least one owns. */
    private record Model(
            Map<String, String[]> persons,
            Map<String, String> notes,
            Map<String, String[]> knows,
            Map<String, String[]> owns) {
        Model() {
            this(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        }

        Model copy() {
            return new Model(new TreeMap<>(persons), new TreeMap<>(notes), new TreeMap<>(knows), new TreeMap<>(owns));
        }

        boolean valid(Set<String> countedSources) {
            Set<String> emails = new HashSet<>();
            for (String[] person : persons.values()) {
                if (person[2] != null && !emails.add(person[2])) {
                    return false;
                }
            }
            boolean ends = knows.values().stream().allMatch(e -> persons.containsKey(e[0]) && persons.containsKey(e[1]))
                    && owns.values().stream().allMatch(e -> persons.containsKey(e[0]) && notes.containsKey(e[1]));
            return ends
                    && countedSources.stream().filter(persons::containsKey).allMatch(s -> {
                        long count = owns.values().stream()
                                .filter(e -> e[0].equals(s))
                                .count();
                        return count >= 1 && count <= 2;
                    });
        }

        void deletePerson(String slug) {
            persons.remove(slug);
            knows.values().removeIf(e -> e[0].equals(slug) || e[1].equals(slug));
            owns.values().removeIf(e -> e[0].equals(slug));
        }
    }

    private Random random = new Random();
    private Model model = new Model();
    private int edges;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyWriteDoesWhatTheRulesSay(long seed) {
        random = new Random(seed);
        int accepted = 0;
        try (MemoryGraph graph = new MemoryGraph(TestSchema.SCHEMA)) {
            for (int i = 0; i < OPERATIONS; i++) {
                Model next = model.copy();
                Set<String> counted = new HashSet<>();
                boolean load = random.nextInt(3) == 0;
                String place = "seed " + seed + ", operation " + i;
                List<CheckedStatement.Step> steps = new ArrayList<>();
                LoadMode mode = LoadMode.values()[random.nextInt(3)];
                StringBuilder lines = new StringBuilder();
                boolean wellFormed = load ? loadOf(next, counted, mode, lines) : mutationOf(next, counted, steps);
                boolean expected = wellFormed && next.valid(counted);
                try {
                    Prepared prepared =
                            load ? graph.load(mode, lines.toString()) : graph.commit(mutation(graph, steps));
                    assertThat(expected)
                            .as(place + " accepted " + lines + steps)
                            .isTrue();
                    checkChanges(prepared, model, next, place);
                    model = next;
                    accepted++;
                } catch (EngineException refusal) {
                    assertThat(expected)
                            .as(place + " refused (" + refusal.getMessage() + ") " + lines + steps)
                            .isFalse();
                }
                compare(graph, place);
            }
        }
        assertThat(accepted).isBetween(OPERATIONS / 8, OPERATIONS);
    }

    private static void checkChanges(Prepared prepared, Model before, Model after, String place) {
        Map<TypeId, ChangeSet> changes = prepared.changes();
        ChangeSet persons = changes.get(TestSchema.PERSON.id());
        Set<String> gone = new HashSet<>(before.persons().keySet());
        gone.removeAll(after.persons().keySet());
        Set<String> come = new HashSet<>(after.persons().keySet());
        come.removeAll(before.persons().keySet());
        assertThat(persons == null ? Set.of() : Set.copyOf(persons.deleted()))
                .as(place)
                .isEqualTo(gone);
        assertThat(persons == null ? Set.of() : Set.copyOf(persons.inserted()))
                .as(place)
                .isEqualTo(come);
    }

    private Mutation mutation(MemoryGraph graph, List<CheckedStatement.Step> steps) {
        return new Mutation(
                graph.tools,
                new Mutation.Request(
                        new CheckedStatement.Write(
                                "model",
                                List.of(),
                                steps,
                                TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of()),
                                "sha256:test"),
                        new Arguments(Map.of(), Instant.EPOCH),
                        AccessGate.UNRESTRICTED,
                        MemoryGraph.BY));
    }

    private String slug() {
        return "p" + random.nextInt(8);
    }

    private String email() {
        return random.nextInt(3) == 0 ? "e" + random.nextInt(5) : null;
    }

    private boolean mutationOf(Model next, Set<String> counted, List<CheckedStatement.Step> steps) {
        boolean deletes = random.nextInt(4) == 0;
        for (int i = 0; i <= random.nextInt(3); i++) {
            String slug = slug();
            if (deletes) {
                if (random.nextBoolean()) {
                    steps.add(
                            Statements.delete(TestSchema.PERSON, Statements.where(TestSchema.SLUG, Operator.EQ, slug)));
                    if (next.persons().containsKey(slug)) {
                        next.deletePerson(slug);
                    }
                } else {
                    steps.add(Statements.deleteFrom(TestSchema.OWNS, slug));
                    if (next.owns().values().removeIf(e -> e[0].equals(slug))) {
                        counted.add(slug);
                    }
                }
                continue;
            }
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    String email = email();
                    String name = "n" + random.nextInt(3);
                    steps.add(
                            email == null
                                    ? Statements.person(slug, name)
                                    : Statements.person(slug, name, TestSchema.EMAIL, email));
                    next.persons().put(slug, new String[] {slug, name, email});
                }
                case 2 -> {
                    String other = slug();
                    steps.add(Statements.insert(TestSchema.KNOWS, slug, other));
                    next.knows().put("new" + edges++, new String[] {slug, other});
                }
                default -> {
                    String name = "n" + random.nextInt(3);
                    String email = "e" + random.nextInt(5);
                    steps.add(Statements.update(
                            Map.of(TestSchema.EMAIL, Statements.constant(email)),
                            Statements.where(TestSchema.NAME, Operator.EQ, name)));
                    next.persons().replaceAll((s, p) -> p[1].equals(name) ? new String[] {s, name, email} : p);
                }
            }
        }
        return true;
    }

    /** Lines of a random load, and its effect on the model; false when the file or an append breaks a rule of ids. */
    private boolean loadOf(Model next, Set<String> counted, LoadMode mode, StringBuilder lines) {
        Map<String, String[]> persons = new HashMap<>();
        Map<String, String> notes = new HashMap<>();
        Map<String, String[]> owns = new TreeMap<>();
        boolean unique = true;
        for (int i = 0; i <= random.nextInt(6); i++) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    String slug = slug();
                    String email = email();
                    unique &= persons.put(slug, new String[] {slug, "n0", email}) == null;
                    lines.append("{\"type\":\"Person\",\"data\":{\"slug\":\"%s\",\"name\":\"n0\"%s}}\n"
                            .formatted(slug, email == null ? "" : ",\"email\":\"" + email + "\""));
                }
                case 1 -> {
                    String id = "m" + random.nextInt(4);
                    unique &= notes.put(id, "t" + i) == null || mode == LoadMode.MERGE;
                    lines.append("{\"type\":\"Note\",\"data\":{\"id\":\"%s\",\"text\":\"t%d\"}}\n".formatted(id, i));
                }
                default -> {
                    String id = "o" + random.nextInt(6);
                    String[] ends = {slug(), "m" + random.nextInt(4)};
                    unique &= owns.put(id, ends) == null || mode == LoadMode.MERGE;
                    lines.append("{\"edge\":\"Owns\",\"from\":\"%s\",\"to\":\"%s\",\"data\":{\"id\":\"%s\"}}\n"
                            .formatted(ends[0], ends[1], id));
                }
            }
        }
        boolean fresh = mode != LoadMode.APPEND
                || persons.keySet().stream().noneMatch(next.persons()::containsKey)
                        && notes.keySet().stream().noneMatch(next.notes()::containsKey)
                        && owns.keySet().stream().noneMatch(next.owns()::containsKey);
        if (mode == LoadMode.OVERWRITE) {
            if (!persons.isEmpty()) {
                next.persons().clear();
            }
            if (!notes.isEmpty()) {
                next.notes().clear();
            }
            if (!owns.isEmpty()) {
                next.owns().clear();
            }
        }
        owns.keySet().stream()
                .filter(next.owns()::containsKey)
                .forEach(id -> counted.add(next.owns().get(id)[0]));
        owns.values().forEach(e -> counted.add(e[0]));
        next.persons().putAll(persons);
        next.notes().putAll(notes);
        next.owns().putAll(owns);
        return unique && fresh;
    }

    private void compare(MemoryGraph graph, String place) {
        Map<String, List<Object>> persons = new TreeMap<>();
        graph.rows("Person")
                .forEach((id, row) -> persons.put(
                        id, List.of(row.value(0).orElseThrow(), row.value(1).orElseThrow(), row.value(3))));
        Map<String, List<Object>> wanted = new TreeMap<>();
        model.persons().forEach((id, p) -> wanted.put(id, List.of(p[0], p[1], java.util.Optional.ofNullable(p[2]))));
        assertThat(persons).as(place).isEqualTo(wanted);
        assertThat(graph.rows("Note").keySet())
                .as(place)
                .isEqualTo(model.notes().keySet());
        assertThat(ends(graph, "Knows"))
                .as(place)
                .containsExactlyInAnyOrderElementsOf(model.knows().values().stream()
                        .map(e -> e[0] + ">" + e[1])
                        .toList());
        assertThat(ends(graph, "Owns"))
                .as(place)
                .containsExactlyInAnyOrderElementsOf(model.owns().values().stream()
                        .map(e -> e[0] + ">" + e[1])
                        .toList());
    }

    private static List<String> ends(MemoryGraph graph, String type) {
        return graph.rows(type).values().stream()
                .map(r -> r.ends().orElseThrow())
                .map(e -> e.source() + ">" + e.destination())
                .toList();
    }
}
