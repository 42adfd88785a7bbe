package io.precinct.engine.query;

import io.precinct.engine.query.CheckedStatement.Step;
import io.precinct.engine.query.CheckedStatement.Subject;
import io.precinct.engine.query.CheckedStatement.Where;
import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.EmbeddedProperty;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/** Checks one mutation. Literals leave here in the Java form of the property they are assigned to. */
final class WriteChecker {
    private static final String FROM = "from";
    private static final String TO = "to";

    private final Schema schema;
    private final Values values;
    private final QueryText text;
    private final Touching touching;

    WriteChecker(Schema schema, Values values) {
        this.schema = schema;
        this.values = values;
        this.text = values.text();
        this.touching = new Touching(schema);
    }

    /** Empty when nothing of it could be read, which was reported. */
    Optional<CheckedStatement.Write> check(String name, List<GqParser.MutationContext> mutations) {
        boolean deletes = mutations.getFirst() instanceof GqParser.DeletionContext;
        List<Step> steps = new ArrayList<>();
        for (GqParser.MutationContext mutation : mutations) {
            if (mutation instanceof GqParser.DeletionContext != deletes) {
                text.error(
                        QueryCode.MIXED_MUTATION,
                        "a mutation either inserts and updates or deletes; put the deletes into a query of their own",
                        mutation);
            }
            step(mutation).ifPresent(steps::add);
        }
        return text.findings().failed()
                ? Optional.empty()
                : Optional.of(
                        new CheckedStatement.Write(name, values.declared(), steps, touching.done(), schema.hash()));
    }

    private Optional<Step> step(GqParser.MutationContext mutation) {
        return switch (mutation) {
            case GqParser.InsertionContext insertion ->
                type(insertion.UNAME().getSymbol()).flatMap(type -> insert(type, insertion));
            case GqParser.ModificationContext modification -> update(modification);
            case GqParser.DeletionContext deletion ->
                type(deletion.UNAME().getSymbol()).flatMap(type -> {
                    touching.deletes(type);
                    return where(type, deletion.where()).map(where -> new CheckedStatement.Delete(type, where));
                });
            default -> throw new IllegalStateException("no mutation: " + mutation.getText());
        };
    }

    /** A node type, else an edge type: a node wins when both have the name. */
    private Optional<EntityType> type(Token name) {
        Optional<EntityType> type = schema.types().stream()
                .filter(t -> t.name().equals(name.getText()))
                .findFirst();
        if (type.isEmpty()) {
            text.error(
                    QueryCode.MUTATION_TYPE,
                    "'" + name.getText() + "' is not a node or edge type of this schema",
                    name);
        }
        return type;
    }

    private Optional<Step> insert(EntityType type, GqParser.InsertionContext insertion) {
        touching.writes(type);
        Token place = insertion.UNAME().getSymbol();
        notEmpty(insertion.assignment(), place);
        Map<String, Expression> ends = new HashMap<>();
        Map<Property, Expression> assigned = new HashMap<>();
        Set<String> written = new HashSet<>();
        for (GqParser.AssignmentContext assignment : insertion.assignment()) {
            String name = assignment.lname().getText();
            once(type, name, written, assignment);
            if (type instanceof EntityType.Edge && (name.equals(FROM) || name.equals(TO))) {
                end(assignment).ifPresent(value -> ends.put(name, value));
            } else {
                assign(type, assignment, assigned);
            }
        }
        for (Property property : type.properties()) {
            boolean embedded = EmbeddedProperty.of(property)
                    .filter(e -> written.contains(e.source()))
                    .isPresent();
            if (!property.type().nullable() && !written.contains(property.name()) && !embedded) {
                missing(type, property.name(), place);
            }
        }
        return switch (type) {
            case EntityType.Node node -> Optional.of(new CheckedStatement.InsertNode(node, assigned));
            case EntityType.Edge edge -> {
                for (String end : List.of(FROM, TO)) {
                    if (!written.contains(end)) {
                        missing(type, end, place);
                    }
                }
                yield ends.size() < 2
                        ? Optional.empty()
                        : Optional.of(new CheckedStatement.InsertEdge(edge, end(ends, FROM), end(ends, TO), assigned));
            }
        };
    }

    private static Expression end(Map<String, Expression> ends, String name) {
        return Optional.ofNullable(ends.get(name)).orElseThrow();
    }

    private void missing(EntityType type, String name, Token place) {
        text.error(QueryCode.MISSING_ASSIGNMENT, "insert " + type.name() + " lacks '" + name + "'", place);
    }

    private void notEmpty(List<GqParser.AssignmentContext> assignments, Token place) {
        if (assignments.isEmpty()) {
            text.error(QueryCode.MUTATION_TYPE, "nothing is assigned; write property: value", place);
        }
    }

    private void once(EntityType type, String name, Set<String> written, GqParser.AssignmentContext place) {
        if (!written.add(name)) {
            text.error(QueryCode.REPEATED_ASSIGNMENT, type.name() + "." + name + " is assigned twice", place);
        }
    }

    private Optional<Expression> end(GqParser.AssignmentContext assignment) {
        return values.read(assignment.value(), QueryCode.MUTATION_VARIABLE).filter(value -> {
            boolean fits = Types.compatible(value.type(), PropertyType.of(Scalar.STRING));
            if (!fits) {
                text.error(
                        value instanceof Expression.Constant ? QueryCode.LITERAL : QueryCode.OPERANDS,
                        "'" + assignment.lname().getText() + "' is the id of a node, a String, and not "
                                + value.type().display(),
                        assignment.value());
            }
            return fits;
        });
    }

    private void assign(EntityType type, GqParser.AssignmentContext assignment, Map<Property, Expression> assigned) {
        Optional<Property> property = property(type, assignment.lname());
        Optional<Expression> value = values.read(assignment.value(), QueryCode.MUTATION_VARIABLE);
        if (property.isEmpty() || value.isEmpty()) {
            return;
        }
        PropertyType target = property.get().type();
        if (!values.fits(value.get(), target, type, property.get(), QueryCode.LITERAL, assignment.value())) {
            return;
        }
        if (Types.real(value.get().type().scalar()) && Types.whole(target.scalar())) {
            text.error(
                    QueryCode.OPERANDS,
                    "a float can't be assigned to " + type.name() + "."
                            + property.get().name() + ", which is " + target.display(),
                    assignment.value());
            return;
        }
        if (value.get() instanceof Expression.Constant constant) {
            converted(constant, target, type, property.get(), assignment)
                    .ifPresent(fitting -> assigned.put(property.get(), fitting));
        } else {
            assigned.put(property.get(), value.get());
        }
    }

    private Optional<Expression> converted(
            Expression.Constant constant,
            PropertyType target,
            EntityType type,
            Property property,
            GqParser.AssignmentContext place) {
        boolean empty = constant.value() instanceof List<?> items && items.isEmpty();
        Optional<Object> value =
                empty ? Optional.of(constant.value()) : Conversion.convert(constant.value(), constant.type(), target);
        if (value.isEmpty()) {
            text.error(
                    QueryCode.LITERAL,
                    constant.value() + " has no exact value in " + type.name() + "." + property.name() + ", which is "
                            + target.display(),
                    place.value());
        }
        return value.map(v -> new Expression.Constant(v, target.required()));
    }

    private Optional<Property> property(EntityType type, GqParser.LnameContext name) {
        Optional<Property> property = type.property(name.getText());
        if (property.isEmpty()) {
            text.error(QueryCode.MUTATION_PROPERTY, type.name() + " has no property '" + name.getText() + "'", name);
        }
        property.ifPresent(p -> touching.names(type, p));
        return property;
    }

    private Optional<Step> update(GqParser.ModificationContext modification) {
        Token place = modification.UNAME().getSymbol();
        Optional<EntityType> type = type(place);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        if (!(type.get() instanceof EntityType.Node node)) {
            text.error(
                    QueryCode.UPDATE_OF_EDGE,
                    place.getText() + " is an edge type, and edges aren't updated; delete and insert instead",
                    place);
            return Optional.empty();
        }
        touching.writes(node);
        notEmpty(modification.assignment(), place);
        Map<Property, Expression> assigned = new HashMap<>();
        Set<String> written = new HashSet<>();
        Set<String> key = new HashSet<>();
        node.keyMembers().forEach(member -> key.add(member.name()));
        for (GqParser.AssignmentContext assignment : modification.assignment()) {
            String name = assignment.lname().getText();
            once(node, name, written, assignment);
            if (key.contains(name)) {
                text.error(
                        QueryCode.KEY_ASSIGNMENT,
                        "cannot update @key property " + node.name() + "." + name,
                        assignment);
            }
            assign(node, assignment, assigned);
        }
        return where(node, modification.where()).map(where -> new CheckedStatement.Update(node, assigned, where));
    }

    private Optional<Where> where(EntityType type, GqParser.WhereContext where) {
        Optional<Expression> value = values.read(where.value(), QueryCode.MUTATION_VARIABLE);
        Predicate.Operator operator = Expressions.operator(where.comparison().getStart());
        String name = where.lname().getText();
        if (type instanceof EntityType.Edge && (name.equals(FROM) || name.equals(TO))) {
            Subject subject = name.equals(FROM) ? new Subject.OfSource() : new Subject.OfDestination();
            return value.filter(v -> {
                        boolean fits = Types.compatible(v.type(), PropertyType.of(Scalar.STRING));
                        if (!fits) {
                            text.error(
                                    QueryCode.OPERANDS,
                                    "'" + name + "' is the id of a node, a String, and not "
                                            + v.type().display(),
                                    where.value());
                        }
                        return fits;
                    })
                    .map(v -> new Where(subject, operator, v));
        }
        Optional<Property> property = property(type, where.lname());
        if (property.isEmpty() || value.isEmpty()) {
            return Optional.empty();
        }
        if (property.get().type().list() || property.get().type().scalar() == Scalar.VECTOR) {
            text.error(
                    QueryCode.OPERANDS,
                    type.name() + "." + name + " is " + (property.get().type().list() ? "a list" : "a vector")
                            + " and can't be compared here",
                    where.lname());
            return Optional.empty();
        }
        if (property.get().type().scalar() == Scalar.BLOB) {
            text.error(
                    QueryCode.MUTATION_PROPERTY,
                    type.name() + "." + name + " is a Blob, and the contents of Blobs can't be compared",
                    where.lname());
            return Optional.empty();
        }
        return values.fits(value.get(), property.get().type(), type, property.get(), QueryCode.OPERANDS, where.value())
                ? Optional.of(new Where(new Subject.OfProperty(property.get()), operator, value.get()))
                : Optional.empty();
    }
}
