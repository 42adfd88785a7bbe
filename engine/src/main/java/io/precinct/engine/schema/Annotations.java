package io.precinct.engine.schema;

import io.precinct.engine.schema.Declarations.Annotation;
import io.precinct.engine.schema.Declarations.Argument;
import io.precinct.engine.schema.Declarations.Field;
import io.precinct.engine.schema.Declarations.Name;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Checks annotations and turns them into the map that types and properties keep: the positional value under the
 * annotation's name (empty without one), keyword values under {@code name.keyword}. Annotations that are constraints
 * in short ({@code @key}, {@code @unique}, {@code @index}) and the migration hints {@code @rename_from} and
 * {@code @backfill} are not kept.
 */
final class Annotations {
    private static final Set<String> SHORT_CONSTRAINTS = Set.of("key", "unique", "index");
    private static final Set<String> OF_PROPERTIES = Set.of("key", "unique", "index", "embed");

    /** Words of which a second one is an error already, whatever its value. */
    private static final Set<String> AT_MOST_ONCE = Set.of("embed", "description", "instruction");

    /** For one migration; no part of what the schema says afterwards. */
    private static final Set<String> HINTS = Set.of("rename_from", "backfill");

    interface Errors {
        void add(SchemaCode code, String message, Diagnostic.Span span);
    }

    private Annotations() {}

    static boolean shortConstraint(Annotation annotation) {
        return SHORT_CONSTRAINTS.contains(annotation.name().text());
    }

    static Map<String, String> ofType(List<Annotation> annotations, String owner, Errors errors) {
        for (Annotation annotation : annotations) {
            if (OF_PROPERTIES.contains(annotation.name().text())) {
                errors.add(
                        SchemaCode.TYPE_ANNOTATION,
                        owner + ": @" + annotation.name().text()
                                + " belongs to a property or into the body, not on the type",
                        annotation.name().span());
            }
        }
        documentation(annotations, owner, Set.of("description", "instruction", "rename_from"), errors);
        return kept(annotations, owner, errors);
    }

    static Map<String, String> ofProperty(Field field, String place, boolean node, Set<String> textual, Errors errors) {
        Set<String> seen = new HashSet<>();
        for (Annotation annotation : field.annotations()) {
            String word = annotation.name().text();
            Diagnostic.Span span = annotation.name().span();
            if (word.equals("instruction")) {
                errors.add(
                        SchemaCode.INSTRUCTION_ON_PROPERTY,
                        place + ": @instruction is for types and queries; use @description",
                        span);
            }
            if (!OF_PROPERTIES.contains(word)) {
                continue;
            }
            if (!seen.add(word)) {
                errors.add(SchemaCode.REPEATED_ANNOTATION, place + ": @" + word + " is written twice", span);
            }
            if (!node && (word.equals("key") || word.equals("embed"))) {
                errors.add(SchemaCode.MISPLACED, place + ": an edge's property has no @" + word, span);
            }
            if (field.type().list()) {
                errors.add(SchemaCode.PROPERTY_TYPE, place + ": a list property has no @" + word, span);
            } else if (field.type().scalar() == Scalar.BLOB) {
                errors.add(SchemaCode.PROPERTY_TYPE, place + ": a Blob property has no @" + word, span);
            } else if (field.type().scalar() == Scalar.VECTOR && (word.equals("key") || word.equals("unique"))) {
                errors.add(SchemaCode.PROPERTY_TYPE, place + ": a Vector property has no @" + word, span);
            }
            if (word.equals("embed")) {
                embed(annotation, field, place, textual, errors);
            }
        }
        documentation(field.annotations(), place, Set.of("description", "rename_from"), errors);
        Backfill.check(field, place, errors);
        return kept(field.annotations(), place, errors);
    }

    private static void embed(Annotation embed, Field field, String place, Set<String> textual, Errors errors) {
        Diagnostic.Span span = embed.name().span();
        if (field.type().scalar() != Scalar.VECTOR) {
            errors.add(SchemaCode.EMBED, place + ": @embed needs a Vector property", span);
        }
        List<Argument.Positional> sources = positional(embed);
        if (sources.size() != 1) {
            errors.add(SchemaCode.EMBED, place + ": @embed names one text property, as in @embed(\"summary\")", span);
        } else if (!textual.contains(sources.getFirst().text())) {
            errors.add(
                    SchemaCode.EMBED,
                    place + ": '" + sources.getFirst().text() + "' is no String property of this type"
                            + Spelling.hint(sources.getFirst().text(), textual),
                    sources.getFirst().span());
        }
        for (Argument argument : embed.arguments()) {
            if (argument instanceof Argument.Keyword keyword && !keyword.name().equals("model")) {
                errors.add(SchemaCode.EMBED, place + ": @embed knows the keyword model only", keyword.span());
            }
        }
    }

    /** What {@code @rename_from} names, when it names something. */
    static Optional<Name> renamedFrom(List<Annotation> annotations) {
        return annotations.stream()
                .filter(a -> a.is("rename_from"))
                .flatMap(a -> positional(a).stream())
                .findFirst()
                .map(p -> new Name(p.text(), p.span()));
    }

    /** What existing entities shall hold in a property that becomes required ({@code @backfill}), as written. */
    static Optional<Argument.Positional> backfill(Field field) {
        return field.annotations().stream()
                .filter(a -> a.is("backfill"))
                .flatMap(a -> positional(a).stream())
                .findFirst();
    }

    /** The annotations and short constraints of an interface's property; what is wrong is said where it is injected. */
    static InterfaceType.Member member(PropertyId id, Field field) {
        return new InterfaceType.Member(
                new Property(
                        id,
                        field.name().text(),
                        field.type(),
                        kept(field.annotations(), "", (code, message, span) -> {})),
                field.annotations().stream()
                        .filter(Annotations::shortConstraint)
                        .map(a -> a.name().text())
                        .toList());
    }

    /** Without {@code @embed}, which says what the property is and not what it means. */
    static Map<String, String> documentary(Property property) {
        Map<String, String> kept = new TreeMap<>(property.annotations());
        kept.keySet().removeIf(key -> key.equals("embed") || key.startsWith("embed."));
        return kept;
    }

    /** Checks {@code @rename_from} alone: what holds of an interface's property before it is injected. */
    static void renaming(List<Annotation> annotations, String place, Errors errors) {
        documentation(annotations, place, Set.of("rename_from"), errors);
    }

    private static void documentation(List<Annotation> annotations, String place, Set<String> words, Errors errors) {
        Set<String> seen = new HashSet<>();
        for (Annotation annotation : annotations) {
            String word = annotation.name().text();
            if (!words.contains(word)) {
                continue;
            }
            List<Argument.Positional> texts = positional(annotation);
            if (texts.size() != 1
                    || annotation.arguments().size() != 1
                    || texts.getFirst().text().isBlank()) {
                errors.add(
                        SchemaCode.DOCUMENTATION,
                        place + ": @" + word + " takes one text that is not blank",
                        annotation.name().span());
            }
            if (!seen.add(word)) {
                errors.add(
                        SchemaCode.DOCUMENTATION,
                        place + ": @" + word + " is written twice",
                        annotation.name().span());
            }
        }
    }

    private static Map<String, String> kept(List<Annotation> annotations, String place, Errors errors) {
        Map<String, String> kept = new TreeMap<>();
        for (Annotation annotation : annotations) {
            String word = annotation.name().text();
            if (SHORT_CONSTRAINTS.contains(word) || HINTS.contains(word)) {
                continue;
            }
            List<Argument.Positional> values = positional(annotation);
            boolean shaped = values.size() <= 1
                    && annotation.arguments().stream().noneMatch(Argument.Bounds.class::isInstance)
                    && (annotation.arguments().isEmpty()
                            || annotation.arguments().getFirst() instanceof Argument.Positional);
            if (!shaped) {
                errors.add(
                        SchemaCode.SYNTAX,
                        place + ": @" + word + " takes one value, then keywords, as in @" + word + "(value, k=\"v\")",
                        annotation.name().span());
                continue;
            }
            keep(kept, word, values.isEmpty() ? "" : values.getFirst().text(), annotation, place, errors);
            for (Argument argument : annotation.arguments()) {
                if (argument instanceof Argument.Keyword keyword) {
                    keep(kept, word + "." + keyword.name(), keyword.text(), annotation, place, errors);
                }
            }
        }
        return kept;
    }

    private static void keep(
            Map<String, String> kept, String key, String value, Annotation annotation, String place, Errors errors) {
        String earlier = kept.putIfAbsent(key, value);
        boolean said = AT_MOST_ONCE.contains(annotation.name().text());
        if (earlier != null && !earlier.equals(value) && !said) {
            errors.add(
                    SchemaCode.REPEATED_ANNOTATION,
                    place + ": @" + annotation.name().text() + " is written twice with different values",
                    annotation.name().span());
        }
    }

    private static List<Argument.Positional> positional(Annotation annotation) {
        return annotation.arguments().stream()
                .filter(Argument.Positional.class::isInstance)
                .map(Argument.Positional.class::cast)
                .toList();
    }

    /** Whether two contributions of one property agree in type, annotations and constraints; places don't matter. */
    static boolean sameMeaning(Field one, Field other) {
        return one.type().equals(other.type()) && meaning(one).equals(meaning(other));
    }

    private static Set<String> meaning(Field field) {
        return field.annotations().stream()
                .filter(a -> !HINTS.contains(a.name().text()))
                .map(a -> a.name().text()
                        + a.arguments().stream()
                                .map(argument -> switch (argument) {
                                    case Argument.Positional p -> p.text();
                                    case Argument.Keyword k -> k.name() + "=" + k.text();
                                    case Argument.Bounds b -> b.least() + ".." + b.most();
                                })
                                .toList())
                .collect(Collectors.toSet());
    }
}
