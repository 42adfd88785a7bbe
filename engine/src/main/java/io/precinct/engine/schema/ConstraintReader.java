package io.precinct.engine.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.precinct.engine.schema.Declarations.Annotation;
import io.precinct.engine.schema.Declarations.Argument;
import io.precinct.engine.schema.Declarations.Field;
import io.precinct.engine.schema.Declarations.Name;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Reads the constraints of one type, from its body and from its properties' annotations, and checks them. */
final class ConstraintReader {
    private final TypeDraft draft;
    private final Map<String, Property> properties = new HashMap<>();
    private final Findings findings;
    private final String owner;

    ConstraintReader(TypeDraft draft, List<Property> properties, Findings findings) {
        this.draft = draft;
        this.findings = findings;
        this.owner = draft.name().text();
        properties.forEach(p -> this.properties.put(p.name(), p));
    }

    /** Distinct constraints in a canonical order, so that the order of writing carries no meaning. */
    List<Constraint> read() {
        List<Constraint> constraints = new ArrayList<>();
        for (Field field : draft.members()) {
            for (Annotation annotation : field.annotations()) {
                if (Annotations.shortConstraint(annotation)) {
                    if (!annotation.arguments().isEmpty()) {
                        error(
                                SchemaCode.CONSTRAINT_ARGUMENTS,
                                "@" + annotation.name().text() + " on a property takes no value",
                                annotation.name().span());
                    }
                    members(annotation, List.of(field.name()), constraints);
                }
            }
        }
        for (Annotation constraint : draft.constraints()) {
            switch (constraint.name().text()) {
                case "range" -> range(constraint).ifPresent(constraints::add);
                case "check" -> check(constraint).ifPresent(constraints::add);
                default -> members(constraint, names(constraint), constraints);
            }
        }
        return constraints.stream()
                .distinct()
                .sorted(Comparator.comparing(ConstraintReader::order))
                .toList();
    }

    private static String order(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Key key -> "0" + key;
            case Constraint.Unique unique -> "1" + unique;
            case Constraint.Index index -> "2" + index;
            case Constraint.Range range -> "3" + range;
            case Constraint.Check check -> "4" + check;
        };
    }

    private List<Name> names(Annotation constraint) {
        List<Name> names = new ArrayList<>();
        for (Argument argument : constraint.arguments()) {
            if (argument instanceof Argument.Positional positional && positional.name()) {
                names.add(new Name(positional.text(), positional.span()));
            } else {
                error(
                        SchemaCode.CONSTRAINT_ARGUMENTS,
                        "@" + constraint.name().text() + " lists names of properties only",
                        argument.span());
            }
        }
        return names;
    }

    private void members(Annotation constraint, List<Name> names, List<Constraint> constraints) {
        String word = constraint.name().text();
        TreeSet<PropertyId> members = new TreeSet<>();
        boolean source = false;
        boolean destination = false;
        boolean sound = true;
        for (Name name : names) {
            boolean end = !draft.node() && !word.equals("key");
            if (end && name.text().equals("src")) {
                source = true;
            } else if (end && name.text().equals("dst")) {
                destination = true;
            } else {
                Optional<Property> member = member(word, name);
                sound &= member.isPresent();
                member.ifPresent(p -> members.add(p.id()));
            }
        }
        switch (word) {
            case "key" -> {
                if (!draft.node()) {
                    error(
                            SchemaCode.MISPLACED,
                            "an edge has no @key",
                            constraint.name().span());
                } else if (constraints.stream().anyMatch(Constraint.Key.class::isInstance)) {
                    error(
                            SchemaCode.SECOND_KEY,
                            "a type has one @key; for several members write @key(a, b) in the body",
                            constraint.name().span());
                } else if (sound) {
                    constraints.add(new Constraint.Key(List.copyOf(members)));
                }
            }
            case "unique" -> constraints.add(new Constraint.Unique(List.copyOf(members), source, destination));
            case "index" -> constraints.add(new Constraint.Index(List.copyOf(members), source, destination));
            default -> throw new IllegalStateException("no constraint of members: " + word);
        }
    }

    private Optional<Property> member(String word, Name name) {
        Optional<Property> found = known(name);
        if (found.isEmpty()) {
            return found;
        }
        PropertyType type = found.get().type();
        boolean refused = type.scalar() == Scalar.BLOB
                || (!word.equals("index") && (type.list() || type.scalar() == Scalar.VECTOR));
        if (refused) {
            error(
                    SchemaCode.PROPERTY_TYPE,
                    "@" + word + " can't hold " + owner + "." + name.text() + ", which is " + type.display(),
                    name.span());
            return Optional.empty();
        }
        if (word.equals("key") && type.nullable()) {
            error(
                    SchemaCode.NULLABLE_KEY,
                    owner + "." + name.text() + " is part of the @key and so can't be nullable; remove the '?'",
                    name.span());
            return Optional.empty();
        }
        return found;
    }

    private Optional<Property> known(Name name) {
        Optional<Property> found = Optional.ofNullable(properties.get(name.text()));
        if (found.isEmpty()) {
            error(
                    SchemaCode.UNKNOWN_MEMBER,
                    "there is no property '" + name.text() + "' here" + Spelling.hint(name.text(), properties.keySet()),
                    name.span());
        }
        return found;
    }

    private Optional<Constraint> range(Annotation constraint) {
        if (!onNode(constraint)) {
            return Optional.empty();
        }
        if (constraint.arguments().size() == 2
                && constraint.arguments().get(0) instanceof Argument.Positional operand
                && operand.name()
                && constraint.arguments().get(1) instanceof Argument.Bounds bounds) {
            Name name = new Name(operand.text(), operand.span());
            Optional<Property> property = known(name);
            if (property.isPresent()
                    && (property.get().type().list()
                            || !property.get().type().scalar().numeric())) {
                error(
                        SchemaCode.RANGE_OPERAND,
                        "@range needs a number, and " + owner + "." + name.text() + " is "
                                + property.get().type().display(),
                        name.span());
                return Optional.empty();
            }
            if (bounds.least().isPresent()
                    && bounds.most().isPresent()
                    && bounds.least().get().compareTo(bounds.most().get()) > 0) {
                error(
                        SchemaCode.CONSTRAINT_ARGUMENTS,
                        "no number is in " + bounds.least().get().toPlainString() + ".."
                                + bounds.most().get().toPlainString() + "; write the lesser bound of @range first",
                        constraint.name().span());
                return Optional.empty();
            }
            return property.map(p -> new Constraint.Range(p.id(), bounds.least(), bounds.most()));
        }
        error(
                SchemaCode.CONSTRAINT_ARGUMENTS,
                "@range takes a property and bounds, as in @range(load, 0..40)",
                constraint.name().span());
        return Optional.empty();
    }

    private Optional<Constraint> check(Annotation constraint) {
        if (!onNode(constraint)) {
            return Optional.empty();
        }
        if (constraint.arguments().size() == 2
                && constraint.arguments().get(0) instanceof Argument.Positional operand
                && operand.name()
                && constraint.arguments().get(1) instanceof Argument.Positional pattern
                && pattern.quoted()) {
            Name name = new Name(operand.text(), operand.span());
            Optional<Property> property = known(name);
            if (property.isPresent()
                    && (property.get().type().list() || property.get().type().scalar() != Scalar.STRING)) {
                error(
                        SchemaCode.CHECK_OPERAND,
                        "@check needs a String, and " + owner + "." + name.text() + " is "
                                + property.get().type().display(),
                        name.span());
                return Optional.empty();
            }
            try {
                Pattern.compile(pattern.text());
            } catch (PatternSyntaxException e) {
                error(
                        SchemaCode.CHECK_PATTERN,
                        "'" + pattern.text() + "' is no RE2 pattern: " + e.getDescription(),
                        pattern.span());
                return Optional.empty();
            }
            return property.map(p -> new Constraint.Check(p.id(), pattern.text()));
        }
        error(
                SchemaCode.CONSTRAINT_ARGUMENTS,
                "@check takes a property and a pattern, as in @check(plate, \"^P-[0-9]+$\")",
                constraint.name().span());
        return Optional.empty();
    }

    private boolean onNode(Annotation constraint) {
        if (!draft.node()) {
            error(
                    SchemaCode.MISPLACED,
                    "an edge has no @" + constraint.name().text(),
                    constraint.name().span());
        }
        return draft.node();
    }

    private void error(SchemaCode code, String message, Diagnostic.Span span) {
        findings.error(code.code(), owner + ": " + message, span);
    }
}
