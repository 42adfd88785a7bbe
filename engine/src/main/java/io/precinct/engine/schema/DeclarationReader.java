package io.precinct.engine.schema;

import io.precinct.engine.schema.Declarations.Annotation;
import io.precinct.engine.schema.Declarations.Argument;
import io.precinct.engine.schema.Declarations.Field;
import io.precinct.engine.schema.Declarations.Name;
import io.precinct.engine.schema.grammar.PgLexer;
import io.precinct.engine.schema.grammar.PgParser;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Reads a schema text into {@link Declarations}; what the text alone shows to be wrong is reported here. */
final class DeclarationReader {
    private static final Set<String> CONSTRAINTS = Set.of("key", "unique", "index", "range", "check");
    private static final long U32_MOST = 0xFFFF_FFFFL;

    private final SourceText source;
    private final Findings findings;

    private DeclarationReader(SourceText source, Findings findings) {
        this.source = source;
        this.findings = findings;
    }

    /** Empty when the text has syntax errors: no meaning is read from a broken tree. */
    static Optional<Declarations> read(SourceText source, Findings findings) {
        CommonTokenStream tokens =
                new CommonTokenStream(Syntax.quiet(new PgLexer(CharStreams.fromString(source.text()))));
        String code = SchemaCode.SYNTAX.code();
        if (!Syntax.shallow(tokens, PgParser.VOCABULARY, source, findings, code)) {
            return Optional.empty();
        }
        PgParser parser = new PgParser(tokens);
        Syntax.report(parser, source, findings, code);
        Optional<PgParser.SchemaFileContext> file = Syntax.read(parser::schemaFile);
        return findings.failed() ? Optional.empty() : file.map(new DeclarationReader(source, findings)::declarations);
    }

    private Declarations declarations(PgParser.SchemaFileContext file) {
        List<Declarations.Interface> interfaces = new ArrayList<>();
        List<Declarations.Node> nodes = new ArrayList<>();
        List<Declarations.Edge> edges = new ArrayList<>();
        for (PgParser.DeclarationContext declaration : file.declaration()) {
            if (declaration.interfaceDeclaration() != null) {
                interfaces.add(interfaceOf(declaration.interfaceDeclaration()));
            } else if (declaration.nodeDeclaration() != null) {
                nodes.add(nodeOf(declaration.nodeDeclaration()));
            } else {
                edges.add(edgeOf(declaration.edgeDeclaration()));
            }
        }
        return new Declarations(interfaces, nodes, edges);
    }

    private Declarations.Interface interfaceOf(PgParser.InterfaceDeclarationContext declaration) {
        List<Field> fields = new ArrayList<>();
        List<Annotation> constraints = new ArrayList<>();
        declaration.property().forEach(property -> field(property, fields, constraints));
        for (Annotation constraint : constraints) {
            error(
                    SchemaCode.MISPLACED,
                    "an interface has no constraints of its own; write @"
                            + constraint.name().text() + " without arguments on a property, or put it into the nodes",
                    constraint.name().span());
        }
        return new Declarations.Interface(name(declaration.UNAME().getSymbol()), fields);
    }

    private Declarations.Node nodeOf(PgParser.NodeDeclarationContext declaration) {
        List<Field> fields = new ArrayList<>();
        List<Annotation> constraints = new ArrayList<>();
        members(declaration.member(), fields, constraints);
        List<Name> interfaces = declaration.implementsClause() == null
                ? List.of()
                : declaration.implementsClause().UNAME().stream()
                        .map(u -> name(u.getSymbol()))
                        .toList();
        return new Declarations.Node(
                name(declaration.UNAME().getSymbol()),
                annotations(declaration.annotation()),
                interfaces,
                fields,
                constraints);
    }

    private Declarations.Edge edgeOf(PgParser.EdgeDeclarationContext declaration) {
        List<Field> fields = new ArrayList<>();
        List<Annotation> constraints = new ArrayList<>();
        members(declaration.member(), fields, constraints);
        long least = 0;
        Optional<Long> most = Optional.empty();
        PgParser.CardinalityContext cardinality = declaration.cardinality();
        if (cardinality != null) {
            String word = cardinality.lname().getText();
            if (!word.equals("card")) {
                error(
                        SchemaCode.SYNTAX,
                        "bounds belong to @card(min..max), not to @" + word,
                        source.of(cardinality.lname()));
            }
            least = count(cardinality.INT(0).getSymbol());
            if (cardinality.INT().size() > 1) {
                most = Optional.of(count(cardinality.INT(1).getSymbol()));
            }
            if (most.isPresent() && least > most.get()) {
                error(
                        SchemaCode.CARDINALITY,
                        "@card(" + least + ".." + most.get() + "): the least is above the most",
                        source.of(cardinality));
            }
        }
        List<Annotation> annotations = annotations(declaration.annotation());
        for (Annotation annotation : annotations) {
            if (annotation.is("card")) {
                error(
                        SchemaCode.SYNTAX,
                        "@card(min..max) stands once, right after the edge's end types",
                        annotation.name().span());
            }
        }
        return new Declarations.Edge(
                name(declaration.UNAME(0).getSymbol()),
                name(declaration.UNAME(1).getSymbol()),
                name(declaration.UNAME(2).getSymbol()),
                least,
                most,
                annotations.stream().filter(a -> !a.is("card")).toList(),
                fields,
                constraints);
    }

    private long count(Token token) {
        Optional<Long> value = Syntax.integer(token, source, findings, SchemaCode.CARDINALITY.code());
        if (value.isPresent() && value.get() > U32_MOST) {
            error(SchemaCode.CARDINALITY, "a bound of @card is at most " + U32_MOST, source.of(token));
        }
        return value.orElse(0L);
    }

    private void members(List<PgParser.MemberContext> members, List<Field> fields, List<Annotation> constraints) {
        for (PgParser.MemberContext member : members) {
            if (member.property() != null) {
                field(member.property(), fields, constraints);
                continue;
            }
            PgParser.BodyConstraintContext written = member.bodyConstraint();
            Annotation constraint = new Annotation(
                    new Name(written.lname().getText(), source.of(written.lname())), arguments(written.arguments()));
            if (CONSTRAINTS.contains(constraint.name().text())) {
                constraints.add(constraint);
            } else {
                error(
                        SchemaCode.SYNTAX,
                        "@" + constraint.name().text()
                                + " is no constraint; there are @key, @unique, @index, @range and @check",
                        constraint.name().span());
            }
        }
    }

    private void field(PgParser.PropertyContext property, List<Field> fields, List<Annotation> constraints) {
        List<Annotation> own = new ArrayList<>();
        for (PgParser.AnnotationContext written : property.annotation()) {
            Annotation annotation = annotation(written);
            boolean constraint = written.LPAREN() != null
                    && CONSTRAINTS.contains(annotation.name().text());
            (constraint ? constraints : own).add(annotation);
        }
        fields.add(new Field(
                new Name(property.lname().getText(), source.of(property.lname())), type(property.propertyType()), own));
    }

    private List<Annotation> annotations(List<PgParser.AnnotationContext> written) {
        return written.stream().map(this::annotation).toList();
    }

    private Annotation annotation(PgParser.AnnotationContext written) {
        Name name = written.AT_ENUM() != null
                ? new Name("enum", source.of(written.AT_ENUM().getSymbol()))
                : new Name(written.lname().getText(), source.of(written.lname()));
        return new Annotation(name, written.arguments() == null ? List.of() : arguments(written.arguments()));
    }

    private List<Argument> arguments(PgParser.ArgumentsContext written) {
        return written.argument().stream().map(this::argument).toList();
    }

    private Argument argument(PgParser.ArgumentContext written) {
        Diagnostic.Span span = source.of(written);
        if (written.EQUALS() != null) {
            return new Argument.Keyword(written.lname().getText(), text(written.literal()), span);
        }
        if (written.bounds() != null) {
            PgParser.BoundsContext bounds = written.bounds();
            boolean open = bounds.getStart().getType() == PgParser.DOTDOT;
            Optional<BigDecimal> first =
                    Optional.of(new BigDecimal(bounds.number(0).getText()));
            Optional<BigDecimal> second = bounds.number().size() > 1
                    ? Optional.of(new BigDecimal(bounds.number(1).getText()))
                    : Optional.empty();
            return open ? new Argument.Bounds(Optional.empty(), first, span) : new Argument.Bounds(first, second, span);
        }
        if (written.lname() != null) {
            return new Argument.Positional(written.lname().getText(), false, true, span);
        }
        PgParser.LiteralContext literal = written.literal();
        // "true" and "false" are names too: where a member is asked for, they name it.
        boolean name = literal.TRUE() != null || literal.FALSE() != null;
        return new Argument.Positional(text(literal), literal.STRING() != null, name, span);
    }

    private String text(PgParser.LiteralContext literal) {
        return literal.STRING() == null
                ? literal.getText()
                : Syntax.string(literal.STRING().getSymbol(), source, findings, SchemaCode.SYNTAX.code());
    }

    private PropertyType type(PgParser.PropertyTypeContext written) {
        boolean nullable = written.OPTIONAL() != null;
        if (written.enumType() != null) {
            TreeSet<String> values = new TreeSet<>();
            written.enumType().ENUM_VALUE().forEach(value -> {
                if (!values.add(value.getText())) {
                    error(
                            SchemaCode.DUPLICATE_ENUM_VALUE,
                            "the enum value '" + value.getText() + "' is written twice",
                            source.of(value.getSymbol()));
                }
            });
            return new PropertyType(Scalar.STRING, 0, Optional.of(List.copyOf(values)), false, nullable);
        }
        if (written.vectorType() != null) {
            return new PropertyType(Scalar.VECTOR, dimension(written.vectorType()), Optional.empty(), false, nullable);
        }
        boolean list = written.listType() != null;
        Token word = list
                ? written.listType().UNAME().getSymbol()
                : written.scalarType().UNAME().getSymbol();
        Optional<Scalar> scalar = Scalar.ofWord(word.getText());
        if (scalar.isEmpty()) {
            error(
                    SchemaCode.UNKNOWN_TYPE_WORD,
                    "'" + word.getText() + "' is no property type; there are " + Scalar.words()
                            + ", enum(…), Vector(N) and lists such as [String]"
                            + Spelling.hint(word.getText(), Scalar.wordList()),
                    source.of(word));
        } else if (scalar.get() == Scalar.VECTOR) {
            error(
                    list ? SchemaCode.LIST_ELEMENT : SchemaCode.VECTOR_DIMENSION,
                    list ? "list of Vector is not supported" : "a Vector has a dimension: Vector(N)",
                    source.of(word));
            return new PropertyType(Scalar.VECTOR, 1, Optional.empty(), false, nullable);
        } else if (scalar.get() == Scalar.BLOB && list) {
            error(SchemaCode.LIST_ELEMENT, "list of Blob is not supported", source.of(word));
        }
        return new PropertyType(scalar.orElse(Scalar.STRING), 0, Optional.empty(), list, nullable);
    }

    private int dimension(PgParser.VectorTypeContext vector) {
        if (!vector.UNAME().getText().equals("Vector")) {
            error(
                    SchemaCode.UNKNOWN_TYPE_WORD,
                    "only Vector takes a dimension, not '" + vector.UNAME().getText() + "'",
                    source.of(vector));
            return 1;
        }
        long dimension = Syntax.integer(vector.INT().getSymbol(), source, findings, SchemaCode.VECTOR_DIMENSION.code())
                .orElse(1L);
        if (dimension < 1 || dimension > Integer.MAX_VALUE) {
            error(
                    SchemaCode.VECTOR_DIMENSION,
                    "a vector's dimension is from 1 to " + Integer.MAX_VALUE,
                    source.of((ParserRuleContext) vector));
            return 1;
        }
        return (int) dimension;
    }

    private Name name(Token token) {
        return new Name(token.getText(), source.of(token));
    }

    private void error(SchemaCode code, String message, Diagnostic.Span span) {
        findings.error(code.code(), message, span);
    }
}
