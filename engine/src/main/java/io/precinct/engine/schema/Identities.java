package io.precinct.engine.schema;

import io.precinct.engine.schema.Declarations.Name;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gives every declaration of a text its identity: that of the accepted declaration of the same kind and name, else of
 * the one that {@code @rename_from} names, else a new one. New ids come from one counter that never goes back: types by
 * kind and name, then properties by owner id and name. A hint beside a declaration that is matched by its name is inert.
 */
final class Identities {
    /** A declaration with members. {@code inherited} members come from an interface; their hints may name nothing. */
    record Wanted(TypeKind kind, Name name, Optional<Name> renamedFrom, List<WantedProperty> properties) {}

    record WantedProperty(Name name, Optional<Name> renamedFrom, boolean inherited) {}

    private record Place(TypeKind kind, String name) {}

    private record Accepted(TypeId id, Map<String, PropertyId> properties) {}

    private final Map<Place, Accepted> accepted;
    private final boolean first;
    private final Findings findings;
    private final Map<Place, TypeId> types = new HashMap<>();
    private final Map<TypeId, Map<String, PropertyId>> properties = new HashMap<>();
    private final List<Diagnostic> ignored = new ArrayList<>();
    private int next;

    private Identities(Optional<Schema> schema, Findings findings) {
        this.accepted = schema.map(Identities::places).orElse(Map.of());
        this.first = schema.isEmpty();
        this.findings = findings;
        this.next = schema.map(Schema::nextId).orElse(1);
    }

    /** Hints that can't be followed are reported; for a first schema all hints are inert. */
    static Identities of(Optional<Schema> accepted, Collection<Wanted> wanted, Findings findings) {
        Identities identities = new Identities(accepted, findings);
        List<Wanted> ordered = wanted.stream()
                .sorted(Comparator.comparing(Wanted::kind)
                        .thenComparing(w -> w.name().text()))
                .toList();
        identities.matchTypes(ordered);
        identities.matchProperties(ordered);
        return identities;
    }

    TypeId type(TypeKind kind, String name) {
        // An end that isn't declared was reported; the schema is then never seen by anyone.
        return types.getOrDefault(new Place(kind, name), new TypeId(0));
    }

    PropertyId property(TypeId owner, String name) {
        return Optional.ofNullable(properties.get(owner))
                .map(known -> known.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no property " + name + " was asked for"));
    }

    /** Hints that do nothing, because the name beside them is known. */
    List<Diagnostic> ignored() {
        return List.copyOf(ignored);
    }

    int next() {
        return next;
    }

    private static Map<Place, Accepted> places(Schema schema) {
        Map<Place, Accepted> places =
                new TreeMap<>(Comparator.comparing(Place::kind).thenComparing(Place::name));
        for (InterfaceType contract : schema.interfaces()) {
            places.put(
                    new Place(TypeKind.INTERFACE, contract.name()),
                    accepted(
                            contract.id(),
                            contract.members().stream()
                                    .map(InterfaceType.Member::property)
                                    .toList()));
        }
        schema.nodes()
                .forEach(node ->
                        places.put(new Place(TypeKind.NODE, node.name()), accepted(node.id(), node.properties())));
        schema.edges()
                .forEach(edge ->
                        places.put(new Place(TypeKind.EDGE, edge.name()), accepted(edge.id(), edge.properties())));
        return places;
    }

    private static Accepted accepted(TypeId id, List<Property> properties) {
        Map<String, PropertyId> byName = new TreeMap<>();
        properties.forEach(p -> byName.put(p.name(), p.id()));
        return new Accepted(id, byName);
    }

    private void matchTypes(List<Wanted> ordered) {
        Set<Place> taken = new HashSet<>();
        List<Wanted> unmatched = new ArrayList<>();
        for (Wanted one : ordered) {
            Place place = new Place(one.kind(), one.name().text());
            Accepted same = accepted.get(place);
            if (same == null) {
                unmatched.add(one);
            } else {
                taken.add(place);
                types.put(place, same.id());
                one.renamedFrom().ifPresent(hint -> ignore(one.name().text(), hint));
            }
        }
        for (Wanted one : unmatched) {
            Place place = new Place(one.kind(), one.name().text());
            Optional<Name> hint = first ? Optional.empty() : one.renamedFrom();
            Optional<Accepted> renamed = hint.flatMap(old -> renamed(one, old, taken));
            types.put(place, renamed.map(Accepted::id).orElseGet(() -> new TypeId(next++)));
        }
    }

    private Optional<Accepted> renamed(Wanted one, Name hint, Set<Place> taken) {
        Place old = new Place(one.kind(), hint.text());
        Accepted found = accepted.get(old);
        if (found == null) {
            Optional<TypeKind> elsewhere = accepted.keySet().stream()
                    .filter(place -> place.name().equals(hint.text()))
                    .map(Place::kind)
                    .findFirst();
            if (elsewhere.isPresent()) {
                error(
                        EvolutionCode.HINT_OF_ANOTHER_KIND,
                        one.kind().word() + " " + one.name().text() + " can't be renamed from the "
                                + elsewhere.get().word() + " type " + hint.text(),
                        hint);
            } else {
                error(
                        EvolutionCode.HINT_NAMES_NOTHING,
                        "there is no " + one.kind().word() + " type '" + hint.text() + "' to rename"
                                + Spelling.hint(hint.text(), names(one.kind())),
                        hint);
            }
            return Optional.empty();
        }
        if (!taken.add(old)) {
            error(
                    EvolutionCode.TAKEN_TWICE,
                    one.kind().word() + " type " + hint.text() + " goes on under another name already; "
                            + one.name().text() + " can't be it too",
                    hint);
            return Optional.empty();
        }
        return Optional.of(found);
    }

    private List<String> names(TypeKind kind) {
        return accepted.keySet().stream()
                .filter(place -> place.kind() == kind)
                .map(Place::name)
                .toList();
    }

    private void matchProperties(List<Wanted> ordered) {
        Map<TypeId, Accepted> byId = new HashMap<>();
        accepted.values().forEach(a -> byId.put(a.id(), a));
        List<Wanted> byOwner = ordered.stream()
                .sorted(Comparator.comparingInt(
                        w -> type(w.kind(), w.name().text()).value()))
                .toList();
        for (Wanted owner : byOwner) {
            TypeId id = type(owner.kind(), owner.name().text());
            Optional<Accepted> known = Optional.ofNullable(byId.get(id));
            Map<String, PropertyId> given = new HashMap<>();
            List<WantedProperty> unmatched = new ArrayList<>();
            Set<String> taken = new HashSet<>();
            owner.properties().stream()
                    .sorted(Comparator.comparing(p -> p.name().text()))
                    .forEach(p -> known.map(a -> a.properties().get(p.name().text()))
                            .ifPresentOrElse(
                                    same -> {
                                        taken.add(p.name().text());
                                        given.put(p.name().text(), same);
                                        if (!p.inherited()) {
                                            p.renamedFrom()
                                                    .ifPresent(hint -> ignore(
                                                            owner.name().text() + "."
                                                                    + p.name().text(),
                                                            hint));
                                        }
                                    },
                                    () -> unmatched.add(p)));
            for (WantedProperty property : unmatched) {
                Optional<Name> hint = first ? Optional.empty() : property.renamedFrom();
                Optional<PropertyId> renamed = hint.flatMap(old -> renamed(owner, property, old, known, taken));
                given.put(property.name().text(), renamed.orElseGet(() -> new PropertyId(next++)));
            }
            properties.put(id, given);
        }
    }

    private Optional<PropertyId> renamed(
            Wanted owner, WantedProperty property, Name hint, Optional<Accepted> known, Set<String> taken) {
        String place = owner.name().text() + "." + property.name().text();
        if (known.isEmpty()) {
            if (!property.inherited()) {
                error(
                        EvolutionCode.HINT_IN_A_NEW_TYPE,
                        place + ": " + owner.name().text() + " is new, so it has no property to rename",
                        hint);
            }
            return Optional.empty();
        }
        PropertyId found = known.get().properties().get(hint.text());
        if (found == null) {
            if (!property.inherited()) {
                unknown(owner, place, hint, known.get());
            }
            return Optional.empty();
        }
        if (!taken.add(hint.text())) {
            error(EvolutionCode.TAKEN_TWICE, place + ": " + hint.text() + " goes on under another name already", hint);
            return Optional.empty();
        }
        return Optional.of(found);
    }

    private void unknown(Wanted owner, String place, Name hint, Accepted known) {
        Optional<Place> elsewhere = accepted.entrySet().stream()
                .filter(entry -> entry.getValue().properties().containsKey(hint.text()))
                .map(Map.Entry::getKey)
                .findFirst();
        if (elsewhere.isPresent()) {
            error(
                    EvolutionCode.HINT_OF_ANOTHER_OWNER,
                    place + ": '" + hint.text() + "' is a property of "
                            + elsewhere.get().name() + ", not of "
                            + owner.name().text(),
                    hint);
        } else {
            error(
                    EvolutionCode.HINT_NAMES_NOTHING,
                    place + ": there was no property '" + hint.text() + "' to rename"
                            + Spelling.hint(hint.text(), known.properties().keySet()),
                    hint);
        }
    }

    private void ignore(String place, Name hint) {
        ignored.add(new Diagnostic(
                EvolutionCode.HINT_IGNORED.code(),
                Diagnostic.Severity.INFO,
                place + " goes on under its own name; @rename_from(\"" + hint.text() + "\") does nothing",
                Optional.of(hint.span()),
                0));
    }

    private void error(EvolutionCode code, String message, Name hint) {
        findings.error(code.code(), "schema identity resolution failed: " + message, hint.span());
    }
}
