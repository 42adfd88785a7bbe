package io.precinct.engine.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds drops and additions that look like one rename whose hint was forgotten. Stateless. */
final class RenameSuggestions {
    private static final double CLOSE = 0.5;

    private RenameSuggestions() {}

    /** At most one for each addition. */
    static List<Diagnostic> of(Schema before, Schema after) {
        List<Diagnostic> found = new ArrayList<>();
        types(before.nodes(), after.nodes(), "node", found);
        types(before.edges(), after.edges(), "edge", found);
        Map<TypeId, EntityType> known =
                before.types().stream().collect(Collectors.toMap(EntityType::id, Function.identity()));
        for (EntityType type : after.types()) {
            EntityType old = known.get(type.id());
            if (old != null) {
                properties(old, type, found);
            }
        }
        return found;
    }

    private static void types(
            List<? extends EntityType> before, List<? extends EntityType> after, String kind, List<Diagnostic> found) {
        Set<TypeId> gone = ids(before);
        gone.removeAll(ids(after));
        Set<TypeId> added = ids(after);
        added.removeAll(ids(before));
        for (EntityType fresh : after) {
            if (!added.contains(fresh.id())) {
                continue;
            }
            before.stream()
                    .filter(old -> gone.contains(old.id()))
                    .filter(old -> alike(old, fresh))
                    .max(Comparator.<EntityType>comparingDouble(old -> Spelling.similarity(old.name(), fresh.name()))
                            .thenComparing(EntityType::name))
                    .ifPresent(old ->
                            found.add(warning("dropping " + kind + " type " + old.name() + " and adding " + fresh.name()
                                    + " looks like a rename, and would lose its data; for a rename write " + kind + " "
                                    + fresh.name() + " … @rename_from(\"" + old.name() + "\")")));
        }
    }

    private static Set<TypeId> ids(List<? extends EntityType> types) {
        return types.stream().map(EntityType::id).collect(Collectors.toCollection(HashSet::new));
    }

    /** The same members under any name; or most of them and a close name. */
    private static boolean alike(EntityType old, EntityType fresh) {
        Set<String> before = members(old);
        Set<String> after = members(fresh);
        boolean sameEnds = !(old instanceof EntityType.Edge from
                && fresh instanceof EntityType.Edge to
                && (!from.source().equals(to.source()) || !from.destination().equals(to.destination())));
        if (before.equals(after) && !before.isEmpty() && sameEnds) {
            return true;
        }
        Set<String> common = new HashSet<>(before);
        common.retainAll(after);
        return common.size() * 2 >= Math.max(before.size(), after.size())
                && Spelling.similarity(old.name(), fresh.name()) >= CLOSE;
    }

    private static Set<String> members(EntityType type) {
        return type.properties().stream()
                .map(p -> p.name() + ":" + p.type().display())
                .collect(Collectors.toSet());
    }

    private static void properties(EntityType before, EntityType after, List<Diagnostic> found) {
        List<Property> gone = before.properties().stream()
                .filter(p -> after.properties().stream().noneMatch(q -> q.id().equals(p.id())))
                .toList();
        for (Property fresh : after.properties()) {
            if (before.properties().stream().anyMatch(p -> p.id().equals(fresh.id()))) {
                continue;
            }
            Optional<Property> old = gone.stream()
                    .filter(p ->
                            p.type().equals(fresh.type()) && rules(before, p).equals(rules(after, fresh)))
                    .filter(p -> Spelling.similarity(p.name(), fresh.name()) >= CLOSE)
                    .max(Comparator.<Property>comparingDouble(p -> Spelling.similarity(p.name(), fresh.name()))
                            .thenComparing(Property::name));
            old.ifPresent(p -> found.add(warning("dropping " + after.name() + "." + p.name() + " and adding "
                    + fresh.name() + " looks like a rename, and would lose its data; for a rename write "
                    + fresh.name() + ": " + fresh.type().display() + " @rename_from(\"" + p.name() + "\")")));
        }
    }

    /** The kinds of constraint that hold the property. */
    private static Set<String> rules(EntityType type, Property property) {
        return type.constraints().stream()
                .filter(constraint -> switch (constraint) {
                    case Constraint.Key key -> key.members().contains(property.id());
                    case Constraint.Unique unique -> unique.members().contains(property.id());
                    case Constraint.Index index -> index.members().contains(property.id());
                    case Constraint.Range range -> range.member().equals(property.id());
                    case Constraint.Check check -> check.member().equals(property.id());
                })
                .map(constraint -> constraint.getClass().getSimpleName())
                .collect(Collectors.toSet());
    }

    private static Diagnostic warning(String message) {
        return new Diagnostic(
                EvolutionCode.LOOKS_LIKE_RENAME.code(), Diagnostic.Severity.WARNING, message, Optional.empty(), 0);
    }
}
