package io.precinct.engine.schema;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** A schema text as it was written, with places, before any name is resolved. */
record Declarations(List<Interface> interfaces, List<Node> nodes, List<Edge> edges) {
    record Name(String text, Diagnostic.Span span) {}

    record Interface(Name name, List<Field> fields) {}

    record Node(
            Name name,
            List<Annotation> annotations,
            List<Name> interfaces,
            List<Field> fields,
            List<Annotation> constraints) {}

    record Edge(
            Name name,
            Name source,
            Name destination,
            long least,
            Optional<Long> most,
            List<Annotation> annotations,
            List<Field> fields,
            List<Annotation> constraints) {}

    record Field(Name name, PropertyType type, List<Annotation> annotations) {}

    /** An annotation or a constraint: the same text, told apart by name and place. */
    record Annotation(Name name, List<Argument> arguments) {
        boolean is(String word) {
            return name.text().equals(word);
        }
    }

    sealed interface Argument {
        Diagnostic.Span span();

        /** A literal or a bare name; {@code quoted} for a string. */
        record Positional(String text, boolean quoted, boolean name, Diagnostic.Span span) implements Argument {}

        record Keyword(String name, String text, Diagnostic.Span span) implements Argument {}

        record Bounds(Optional<BigDecimal> least, Optional<BigDecimal> most, Diagnostic.Span span)
                implements Argument {}
    }
}
