package io.precinct.engine.simulation;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one state of a branch holds, as plain maps: persons with a unique email, teams, who knows whom, and at most two
 * memberships of a person. Immutable.
 *
 * @param form which of the schemas it has
 */
record Content(Form form, SortedMap<Key, Row> rows) {
    /** A schema: persons may have notes, and there may be cities. */
    record Form(boolean notes, boolean cities) {
        static final Form FIRST = new Form(false, false);

        private static final Map<Form, Schema> SCHEMAS = Map.of(
                FIRST,
                SchemaCompiler.compile(FIRST.source()),
                new Form(true, false),
                SchemaCompiler.compile(new Form(true, false).source()),
                new Form(false, true),
                SchemaCompiler.compile(new Form(false, true).source()),
                new Form(true, true),
                SchemaCompiler.compile(new Form(true, true).source()));

        String source() {
            return """
                    node Person { name: String @key  email: String? @unique  age: I32? %s }
                    node Team { title: String @key }
                    edge Knows: Person -> Person { since: I32? }
                    edge Member: Person -> Team @card(0..2) { since: I32? }
                    %s""".formatted(notes ? "note: String?" : "", cities ? "node City { code: String @key }" : "");
        }

        Schema schema() {
            return SCHEMAS.get(this);
        }

        static Form of(Schema schema) {
            boolean notes = schema.node("Person").orElseThrow().properties().stream()
                    .anyMatch(property -> property.name().equals("note"));
            return new Form(notes, schema.node("City").isPresent());
        }
    }

    enum Kind {
        PERSON("Person"),
        TEAM("Team"),
        CITY("City"),
        KNOWS("Knows"),
        MEMBER("Member");

        final String typeName;

        Kind(String typeName) {
            this.typeName = typeName;
        }

        boolean isEdge() {
            return this == KNOWS || this == MEMBER;
        }

        static Kind of(EntityType type) {
            return Arrays.stream(values())
                    .filter(kind -> kind.typeName.equals(type.name()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    record Key(Kind kind, String id) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return kind == other.kind ? id.compareTo(other.id) : kind.compareTo(other.kind);
        }

        @Override
        public String toString() {
            return kind.typeName + " " + id;
        }
    }

    record Ends(String from, String to) {}

    /** Values that the form doesn't have are absent. */
    record Row(Optional<Ends> ends, Optional<String> email, Optional<Integer> number, Optional<String> note) {
        static final Row BARE = new Row(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        static Row person(Optional<String> email, Optional<Integer> age) {
            return new Row(Optional.empty(), email, age, Optional.empty());
        }

        static Row edge(String from, String to, int since) {
            return new Row(Optional.of(new Ends(from, to)), Optional.empty(), Optional.of(since), Optional.empty());
        }

        @Override
        public String toString() {
            return ends.map(e -> e.from() + "->" + e.to() + " ").orElse("")
                    + email.map(e -> e + " ").orElse("")
                    + number.map(n -> n + " ").orElse("")
                    + note.orElse("");
        }
    }

    static final Content EMPTY = new Content(Form.FIRST, new TreeMap<>());

    Content {
        rows = Collections.unmodifiableSortedMap(new TreeMap<>(rows));
    }

    /** What the snapshot of a view holds; fails when an entity is in it twice, or the view counts what isn't there. */
    static Content of(GraphView view) {
        Schema schema = view.snapshot().schema();
        SortedMap<Key, Row> found = new TreeMap<>();
        for (EntityType type : schema.types()) {
            Kind kind = Kind.of(type);
            TypeView rows = view.type(type.id());
            int count = 0;
            for (int row = 0; row < rows.rows(); row++) {
                if (!rows.live(row)) {
                    continue;
                }
                count++;
                Key key = new Key(kind, rows.id(row));
                if (found.put(key, row(type, rows.row(row))) != null) {
                    throw new AssertionError(key + " is there twice");
                }
            }
            long told = view.snapshot().type(type.id()).count();
            if (count != told) {
                throw new AssertionError(type.name() + " has " + count + " rows and tells " + told);
            }
        }
        return new Content(Form.of(schema), found);
    }

    private static Row row(EntityType type, EntityRow row) {
        Optional<String> email = Optional.empty();
        Optional<Integer> number = Optional.empty();
        Optional<String> note = Optional.empty();
        List<Property> properties = type.properties();
        for (int at = 0; at < properties.size(); at++) {
            Optional<Object> value = row.value(at);
            switch (properties.get(at).name()) {
                case "email" -> email = value.map(String.class::cast);
                case "age", "since" -> number = value.map(Integer.class::cast);
                case "note" -> note = value.map(String.class::cast);
                default -> {
                    if (!value.equals(Optional.of(row.id()))) {
                        throw new AssertionError("the key of " + row + " is not its id");
                    }
                }
            }
        }
        return new Row(row.ends().map(e -> new Ends(e.source(), e.destination())), email, number, note);
    }

    boolean has(Kind kind, String id) {
        return rows.containsKey(new Key(kind, id));
    }

    /** Whether every rule of the schema holds. */
    boolean isValid() {
        Set<String> emails = new HashSet<>();
        Map<String, Integer> memberships = new TreeMap<>();
        for (Map.Entry<Key, Row> one : rows.entrySet()) {
            Row row = one.getValue();
            if (row.email().isPresent() && !emails.add(row.email().get())) {
                return false;
            }
            if (row.ends().isEmpty()) {
                continue;
            }
            Ends ends = row.ends().get();
            boolean member = one.getKey().kind() == Kind.MEMBER;
            if (!has(Kind.PERSON, ends.from()) || !has(member ? Kind.TEAM : Kind.PERSON, ends.to())) {
                return false;
            }
            if (member && memberships.merge(ends.from(), 1, Integer::sum) > 2) {
                return false;
            }
        }
        return true;
    }

    /** With other rows, under the same form. */
    Content with(SortedMap<Key, Row> others) {
        return new Content(form, others);
    }

    /** The same rows under another form. */
    Content under(Form next) {
        SortedMap<Key, Row> kept = new TreeMap<>();
        rows.forEach((key, row) -> {
            if (key.kind() != Kind.CITY || next.cities()) {
                kept.put(key, next.notes() ? row : new Row(row.ends(), row.email(), row.number(), Optional.empty()));
            }
        });
        return new Content(next, kept);
    }

    /** The kinds of which an entity differs; all when the forms do. */
    Set<Kind> kindsApart(Content other) {
        if (!form.equals(other.form)) {
            return Set.of(Kind.values());
        }
        Set<Kind> apart = new TreeSet<>();
        keysApart(other).forEach(key -> apart.add(key.kind()));
        return apart;
    }

    Set<Key> keysApart(Content other) {
        Set<Key> apart = new TreeSet<>();
        Set<Key> all = new TreeSet<>(rows.keySet());
        all.addAll(other.rows.keySet());
        for (Key key : all) {
            Row here = rows.get(key);
            if (here == null || !here.equals(other.rows.get(key))) {
                apart.add(key);
            }
        }
        return apart;
    }

    /** What differs, in words. */
    String against(Content other) {
        StringBuilder words = new StringBuilder(form.equals(other.form) ? "" : form + " and " + other.form + "; ");
        keysApart(other)
                .forEach(key -> words.append(key)
                        .append(": ")
                        .append(Optional.ofNullable(rows.get(key)))
                        .append(" and ")
                        .append(Optional.ofNullable(other.rows.get(key)))
                        .append("; "));
        return words.toString();
    }
}
