package io.precinct.engine.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Plans the way from an accepted schema to a text: interfaces, nodes, edges by name; within a type renaming, what it
 * implements or connects, its documentation, its properties by name, dropped properties, constraints; dropped types
 * last of their kind. A plan looks at schemas alone; what data must keep is looked at when it is applied. Stateless.
 */
public final class SchemaPlanner {
    private final Schema accepted;
    private final Schema desired;
    private final SchemaStep.DropMode mode;
    private final Map<PropertyId, Object> backfills;
    private final List<SchemaStep> steps = new ArrayList<>();

    private SchemaPlanner(Schema accepted, SchemaCompiler.Compiled compiled, SchemaStep.DropMode mode) {
        this.accepted = accepted;
        this.desired = compiled.schema();
        this.backfills = compiled.backfills();
        this.mode = mode;
    }

    /**
     * @param mode of every drop in the plan
     * @throws io.precinct.engine.EngineException as {@link SchemaCompiler#compile}, and with a code of the family NM
     *     for a {@code @rename_from} that can't be followed
     */
    public static SchemaPlan plan(Schema accepted, String source, SchemaStep.DropMode mode) {
        SchemaCompiler.Compiled compiled = SchemaCompiler.compile(source, Optional.of(accepted));
        if (SchemaShape.hash(accepted).equals(SchemaShape.hash(compiled.schema()))) {
            return new SchemaPlan(accepted, accepted, List.of(), List.of(), Map.of());
        }
        SchemaPlanner planner = new SchemaPlanner(accepted, compiled, mode);
        planner.interfaces();
        planner.types(accepted.nodes(), compiled.schema().nodes(), TypeKind.NODE);
        planner.types(accepted.edges(), compiled.schema().edges(), TypeKind.EDGE);
        List<Diagnostic> warnings = new ArrayList<>(RenameSuggestions.of(accepted, compiled.schema()));
        warnings.addAll(compiled.notes());
        return new SchemaPlan(accepted, compiled.schema(), planner.steps, warnings, compiled.backfills());
    }

    private static <T> List<T> byName(List<T> items, Function<T, String> name) {
        return items.stream().sorted(Comparator.comparing(name)).toList();
    }

    private void interfaces() {
        for (InterfaceType contract : byName(desired.interfaces(), InterfaceType::name)) {
            accepted.interfaces().stream()
                    .filter(i -> i.id().equals(contract.id()))
                    .findFirst()
                    .ifPresentOrElse(
                            before -> members(before, contract),
                            () -> steps.add(new SchemaStep.AddType(TypeKind.INTERFACE, contract.name())));
        }
        for (InterfaceType before : byName(accepted.interfaces(), InterfaceType::name)) {
            if (desired.interfaces().stream().noneMatch(i -> i.id().equals(before.id()))) {
                refuse(
                        EvolutionCode.DROP_INTERFACE,
                        "interface:" + before.name(),
                        "an interface can't be removed or renamed; keep its declaration");
            }
        }
    }

    /** An interface holds no data, so whatever its nodes go through it can follow. */
    private void members(InterfaceType before, InterfaceType after) {
        Map<PropertyId, InterfaceType.Member> known = new java.util.HashMap<>();
        before.members().forEach(m -> known.put(m.property().id(), m));
        String name = after.name();
        for (InterfaceType.Member member :
                byName(after.members(), m -> m.property().name())) {
            Property property = member.property();
            InterfaceType.Member old = known.remove(property.id());
            if (old == null) {
                steps.add(
                        new SchemaStep.AddProperty(TypeKind.INTERFACE, name, property.name(), property.type(), false));
                continue;
            }
            renamed(TypeKind.INTERFACE, name, old.property(), property);
            if (!old.property().type().equals(property.type())) {
                steps.add(new SchemaStep.ChangePropertyType(
                        TypeKind.INTERFACE,
                        name,
                        property.name(),
                        old.property().type(),
                        property.type(),
                        false,
                        Optional.empty()));
            }
            metadata(TypeKind.INTERFACE, name, old.property(), property);
            member.constraints().stream()
                    .filter(word -> !old.constraints().contains(word))
                    .forEach(word -> steps.add(new SchemaStep.AddConstraint(
                            TypeKind.INTERFACE, name, shape(word, property), Optional.empty())));
            old.constraints().stream()
                    .filter(word -> !member.constraints().contains(word))
                    .forEach(word -> steps.add(
                            new SchemaStep.DropConstraint(TypeKind.INTERFACE, name, shape(word, old.property()))));
        }
        byName(List.copyOf(known.values()), m -> m.property().name())
                .forEach(gone -> steps.add(new SchemaStep.DropProperty(
                        TypeKind.INTERFACE, name, gone.property().name(), mode, false)));
    }

    private static ConstraintShape shape(String word, Property property) {
        return new ConstraintShape.OfMembers(
                Character.toUpperCase(word.charAt(0)) + word.substring(1), List.of(property.name()));
    }

    private void types(List<? extends EntityType> before, List<? extends EntityType> after, TypeKind kind) {
        Map<TypeId, EntityType> known = new java.util.HashMap<>();
        before.forEach(type -> known.put(type.id(), type));
        for (EntityType type : byName(List.<EntityType>copyOf(after), EntityType::name)) {
            EntityType old = known.remove(type.id());
            if (old == null) {
                steps.add(new SchemaStep.AddType(kind, type.name()));
            } else {
                type(kind, old, type);
            }
        }
        byName(List.copyOf(known.values()), EntityType::name)
                .forEach(gone -> steps.add(new SchemaStep.DropType(kind, gone.name(), mode)));
    }

    private void type(TypeKind kind, EntityType before, EntityType after) {
        if (!before.name().equals(after.name())) {
            steps.add(new SchemaStep.RenameType(kind, before.name(), after.name()));
        }
        switch (after) {
            case EntityType.Node node -> contracts((EntityType.Node) before, node);
            case EntityType.Edge edge -> ends((EntityType.Edge) before, edge);
        }
        if (!before.annotations().equals(after.annotations())) {
            steps.add(new SchemaStep.UpdateTypeMetadata(kind, after.name(), after.annotations()));
        }
        Map<PropertyId, Property> known = new java.util.HashMap<>();
        before.properties().forEach(p -> known.put(p.id(), p));
        for (Property property : byName(after.properties(), Property::name)) {
            Property old = known.remove(property.id());
            if (old == null) {
                added(kind, after, property);
            } else {
                renamed(kind, after.name(), old, property);
                PropertyChange.between(kind, after, old, property, backfills.containsKey(property.id()))
                        .ifPresent(steps::add);
                embed(before, old, after, property);
                metadata(kind, after.name(), old, property);
            }
        }
        byName(List.copyOf(known.values()), Property::name)
                .forEach(gone -> steps.add(new SchemaStep.DropProperty(
                        kind, after.name(), gone.name(), mode, gone.type().scalar() == Scalar.VECTOR)));
        constraints(kind, before, after);
    }

    private void contracts(EntityType.Node before, EntityType.Node after) {
        if (!before.interfaces().equals(after.interfaces())) {
            refuse(
                    EvolutionCode.CHANGE_IMPLEMENTS,
                    after.key(),
                    "what a node implements can't change; it was "
                            + (before.interfaces().isEmpty() ? "nothing" : String.join(", ", before.interfaces())));
        }
    }

    private void ends(EntityType.Edge before, EntityType.Edge after) {
        if (!before.source().equals(after.source()) || !before.destination().equals(after.destination())) {
            refuse(
                    EvolutionCode.CHANGE_ENDS,
                    after.key(),
                    "an edge's ends can't change; it goes from "
                            + accepted.type(before.source()).name() + " to "
                            + accepted.type(before.destination()).name()
                            + "; declare an edge of another name and load its entities");
        }
        if (before.least() != after.least() || !before.most().equals(after.most())) {
            boolean fewer = after.most().isPresent()
                    && (before.most().isEmpty()
                            || after.most().get() < before.most().get());
            steps.add(new SchemaStep.ChangeCardinality(
                    after.name(), card(before), card(after), after.least() > before.least() || fewer));
        }
    }

    private static String card(EntityType.Edge edge) {
        return edge.least() + ".." + edge.most().map(String::valueOf).orElse("");
    }

    private void added(TypeKind kind, EntityType type, Property property) {
        boolean backfilled = backfills.containsKey(property.id());
        if (property.type().nullable() || backfilled) {
            steps.add(new SchemaStep.AddProperty(kind, type.name(), property.name(), property.type(), backfilled));
        } else {
            refuse(
                    EvolutionCode.ADD_REQUIRED,
                    type.key() + "." + property.name(),
                    "a new required property needs a value for the entities that exist; write @backfill(value) or "
                            + property.type().asNullable().display());
        }
    }

    private void renamed(TypeKind kind, String typeName, Property before, Property after) {
        if (!before.name().equals(after.name())) {
            steps.add(new SchemaStep.RenameProperty(kind, typeName, before.name(), after.name()));
        }
    }

    private void embed(EntityType before, Property old, EntityType after, Property property) {
        if (!before.embed(old).equals(after.embed(property))) {
            refuse(
                    EvolutionCode.CHANGE_EMBED,
                    after.key() + "." + property.name(),
                    "what a vector is computed from can't change under the vectors that exist; add another property"
                            + " with the new @embed and drop this one");
        }
    }

    private void metadata(TypeKind kind, String typeName, Property before, Property after) {
        if (!Annotations.documentary(before).equals(Annotations.documentary(after))) {
            steps.add(new SchemaStep.UpdatePropertyMetadata(
                    kind, typeName, after.name(), Annotations.documentary(after)));
        }
    }

    private void constraints(TypeKind kind, EntityType before, EntityType after) {
        List<Constraint> gone = before.constraints().stream()
                .filter(c -> !after.constraints().contains(c))
                .toList();
        List<Constraint> fresh = after.constraints().stream()
                .filter(c -> !before.constraints().contains(c))
                .toList();
        if (gone.stream().anyMatch(Constraint.Key.class::isInstance)
                || fresh.stream().anyMatch(Constraint.Key.class::isInstance)) {
            refuse(
                    EvolutionCode.CHANGE_KEY,
                    after.key(),
                    "the @key makes the ids and can't change; declare another type and load its entities");
        }
        gone.stream()
                .filter(c -> !(c instanceof Constraint.Key))
                .forEach(c ->
                        steps.add(new SchemaStep.DropConstraint(kind, after.name(), ConstraintShape.of(before, c))));
        fresh.stream()
                .filter(c -> !(c instanceof Constraint.Key))
                .forEach(c -> steps.add(
                        new SchemaStep.AddConstraint(kind, after.name(), ConstraintShape.of(after, c), validated(c))));
    }

    private static Optional<EvolutionCode> validated(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Key key -> Optional.of(EvolutionCode.CHANGE_KEY);
            case Constraint.Unique unique -> Optional.of(EvolutionCode.ADD_UNIQUE);
            case Constraint.Index index -> Optional.empty();
            case Constraint.Range range -> Optional.of(EvolutionCode.ADD_RANGE);
            case Constraint.Check check -> Optional.of(EvolutionCode.ADD_CHECK);
        };
    }

    private void refuse(EvolutionCode code, String entity, String reason) {
        steps.add(new SchemaStep.UnsupportedChange(entity, reason, code));
    }
}
