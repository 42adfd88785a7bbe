package io.precinct.engine.query;

import io.precinct.engine.query.Variables.Variable;
import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
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

/**
 * Turns the clauses of one block into its {@link Pattern}. Bindings and traversals are read in source order, since a
 * traversal is oriented by what is known where it stands; then inline tests, filters and negations, which see every
 * variable of the block.
 */
final class MatchChecker {
    private static final String ANONYMOUS = "_";

    private final Schema schema;
    private final Values values;
    private final QueryText text;
    private final Touching touching;
    private final Variables variables;
    private final Expressions expressions;
    /** Counts the anonymous variables of the whole query; their names can't be written, so they can't collide. */
    private final int[] anonymous;

    private final List<Pattern.NodeVariable> nodes = new ArrayList<>();
    private final List<Pattern.Step> steps = new ArrayList<>();
    private final List<Predicate> filters = new ArrayList<>();
    private final List<Pattern> negations = new ArrayList<>();
    /** Names that the binding clauses of this block gave to their variables. */
    private final Map<GqParser.BindingContext, String> bound = new HashMap<>();

    MatchChecker(Schema schema, Values values, Touching touching, Variables variables) {
        this(schema, values, touching, variables, new int[1]);
    }

    private MatchChecker(Schema schema, Values values, Touching touching, Variables variables, int[] anonymous) {
        this.schema = schema;
        this.values = values;
        this.text = values.text();
        this.touching = touching;
        this.variables = variables;
        this.expressions = new Expressions(values, variables, touching);
        this.anonymous = anonymous;
    }

    Pattern check(List<GqParser.ClauseContext> clauses) {
        Set<GqParser.TraversalContext> comparisons = new HashSet<>();
        for (GqParser.ClauseContext clause : clauses) {
            if (clause.binding() != null) {
                bind(clause.binding());
            } else if (clause.traversal() != null) {
                if (comparison(clause.traversal())) {
                    comparisons.add(clause.traversal());
                } else {
                    traverse(clause.traversal());
                }
            }
        }
        for (GqParser.ClauseContext clause : clauses) {
            if (clause.binding() != null) {
                test(clause.binding());
            } else if (clause.filter() != null) {
                expressions.filter(clause.filter()).ifPresent(filters::add);
            } else if (clause.textClause() != null) {
                expressions.holds(clause.textClause()).ifPresent(filters::add);
            } else if (clause.negation() != null) {
                negate(clause.negation());
            } else if (comparisons.contains(clause.traversal())) {
                expressions.comparison(clause.traversal()).ifPresent(filters::add);
            }
        }
        return new Pattern(nodes, steps, filters, negations);
    }

    private void bind(GqParser.BindingContext binding) {
        String name = QueryText.name(binding.VAR().getSymbol());
        String typeName = binding.UNAME().getText();
        Optional<EntityType.Node> type = schema.node(typeName);
        if (type.isEmpty()) {
            text.error(
                    QueryCode.BINDING_TYPE,
                    "'" + typeName + "' is not a node type of this schema",
                    binding.UNAME().getSymbol());
            if (!name.equals(ANONYMOUS) && variables.find(name).isEmpty()) {
                variables.bind(name, new Variable.Unknown());
            }
            return;
        }
        touching.reads(type.get());
        Optional<Variable> known = name.equals(ANONYMOUS) ? Optional.empty() : variables.find(name);
        switch (known.orElse(new Variable.Unknown())) {
            case Variable.Unknown unknown -> bound.put(binding, introduce(name, type.get()));
            case Variable.OfNode node -> {
                if (node.type().equals(type.get())) {
                    bound.put(binding, name);
                } else {
                    text.error(
                            QueryCode.REBOUND,
                            "$" + name + " is a " + node.type().name() + " already and can't be a " + typeName + " too",
                            binding);
                }
            }
            case Variable.OfEdge edge ->
                text.error(
                        QueryCode.EDGE_VARIABLE,
                        "$" + name + " is an edge of " + edge.type().name() + " and can't be bound as a node",
                        binding);
        }
    }

    private String introduce(String name, EntityType.Node type) {
        String unique = name.equals(ANONYMOUS) ? "_#" + ++anonymous[0] : name;
        nodes.add(new Pattern.NodeVariable(unique, type));
        variables.bind(unique, new Variable.OfNode(type));
        return unique;
    }

    /** {@code $q contains $m} compares two variables unless the schema has an edge of that name. */
    private boolean comparison(GqParser.TraversalContext traversal) {
        if (traversal.edgeVariable != null || traversal.undirected != null || traversal.hops() != null) {
            return false;
        }
        GqParser.EdgeWordContext word = traversal.edgeWord();
        return (word.CONTAINS() != null || word.STARTS_WITH() != null)
                && schema.edge(word.getText()).isEmpty();
    }

    private void traverse(GqParser.TraversalContext traversal) {
        GqParser.EdgeWordContext word = traversal.edgeWord();
        Optional<EntityType.Edge> edge = schema.edge(word.getText());
        if (edge.isEmpty()) {
            text.error(QueryCode.EDGE, "'" + word.getText() + "' is not an edge type of this schema", word);
            for (Token end : List.of(traversal.from, traversal.to)) {
                String name = QueryText.name(end);
                if (!name.equals(ANONYMOUS) && variables.find(name).isEmpty()) {
                    variables.bind(name, new Variable.Unknown());
                }
            }
            edgeVariable(traversal, Optional.empty());
            return;
        }
        EntityType.Edge type = edge.get();
        touching.traverses(type);
        Optional<EntityType.Node> from = known(traversal.from);
        Optional<EntityType.Node> to = known(traversal.to);
        Optional<Pattern.Direction> direction = direction(traversal, type, from, to);
        Hops hops = hops(traversal, type);
        Optional<String> variable = edgeVariable(traversal, Optional.of(type));
        if (direction.isEmpty()) {
            return;
        }
        EntityType.Node source = schema.node(type.source());
        EntityType.Node destination = schema.node(type.destination());
        boolean forward = direction.get() != Pattern.Direction.IN;
        Optional<String> left = endpoint(traversal.from, forward ? source : destination, type);
        Optional<String> right = endpoint(traversal.to, forward ? destination : source, type);
        if (left.isPresent() && right.isPresent()) {
            steps.add(new Pattern.Step(
                    left.get(), right.get(), type, direction.get(), hops.least(), hops.most(), variable));
        }
    }

    private Optional<EntityType.Node> known(Token end) {
        String name = QueryText.name(end);
        return name.equals(ANONYMOUS)
                ? Optional.empty()
                : variables
                        .find(name)
                        .flatMap(v -> v instanceof Variable.OfNode node ? Optional.of(node.type()) : Optional.empty());
    }

    private Optional<Pattern.Direction> direction(
            GqParser.TraversalContext traversal,
            EntityType.Edge edge,
            Optional<EntityType.Node> from,
            Optional<EntityType.Node> to) {
        boolean loop = edge.source().equals(edge.destination());
        if (traversal.undirected != null) {
            if (!loop) {
                text.error(
                        QueryCode.UNDIRECTED,
                        "<" + edge.name() + "> needs an edge whose ends have one type; write it without < >",
                        traversal);
                return Optional.empty();
            }
            return Optional.of(Pattern.Direction.BOTH);
        }
        boolean backward = !loop
                && (from.isPresent()
                        ? from.get().id().equals(edge.destination())
                        : to.isPresent() && to.get().id().equals(edge.source()));
        return Optional.of(backward ? Pattern.Direction.IN : Pattern.Direction.OUT);
    }

    /** The variable at one end, introduced when nothing bound it yet: no traversal is ever left without its anchor. */
    private Optional<String> endpoint(Token end, EntityType.Node type, EntityType.Edge edge) {
        String name = QueryText.name(end);
        if (name.equals(ANONYMOUS)) {
            return Optional.of(introduce(name, type));
        }
        Optional<Variable> known = variables.find(name);
        if (known.isEmpty()) {
            return Optional.of(introduce(name, type));
        }
        return switch (known.get()) {
            case Variable.Unknown unknown -> Optional.empty();
            case Variable.OfEdge other -> {
                text.error(
                        QueryCode.EDGE_VARIABLE,
                        "$" + name + " is an edge of " + other.type().name() + " and can't be an end of a traversal",
                        end);
                yield Optional.empty();
            }
            case Variable.OfNode node -> {
                if (!node.type().equals(type)) {
                    text.error(
                            QueryCode.ENDPOINT,
                            "$" + name + " is a " + node.type().name() + ", and " + edge.name() + " goes from "
                                    + schema.type(edge.source()).name() + " to "
                                    + schema.type(edge.destination()).name() + "; bind both ends before the traversal",
                            end);
                    yield Optional.empty();
                }
                yield Optional.of(name);
            }
        };
    }

    private record Hops(int least, int most) {
        static final Hops ONE = new Hops(1, 1);
    }

    private Hops hops(GqParser.TraversalContext traversal, EntityType.Edge edge) {
        GqParser.HopsContext written = traversal.hops();
        if (written == null) {
            return Hops.ONE;
        }
        if (written.most == null) {
            text.error(QueryCode.HOPS, "unbounded traversal is disabled; write {least,most}", written);
            return Hops.ONE;
        }
        Optional<Long> least = text.integer(written.least);
        Optional<Long> most = text.integer(written.most);
        if (least.isEmpty() || most.isEmpty()) {
            return Hops.ONE;
        }
        if (least.get() < 1 || most.get() < least.get()) {
            text.error(QueryCode.HOPS, "hops are {least,most} with 1 ≤ least ≤ most", written);
            return Hops.ONE;
        }
        if (!edge.source().equals(edge.destination())) {
            // Ends of different types can't chain: one hop is all there is, and two are never reached.
            if (least.get() > 1) {
                filters.add(new Predicate.Constant(false));
            }
            return Hops.ONE;
        }
        return new Hops((int) Math.min(least.get(), Integer.MAX_VALUE), (int) Math.min(most.get(), Integer.MAX_VALUE));
    }

    private Optional<String> edgeVariable(GqParser.TraversalContext traversal, Optional<EntityType.Edge> edge) {
        if (traversal.edgeVariable == null) {
            return Optional.empty();
        }
        String name = QueryText.name(traversal.edgeVariable);
        if (name.equals(ANONYMOUS)) {
            return Optional.empty();
        }
        GqParser.HopsContext hops = traversal.hops();
        if (hops != null
                && hops.most != null
                && !(hops.least.getText().equals("1") && hops.most.getText().equals("1"))) {
            text.error(QueryCode.EDGE_VARIABLE, "an edge variable takes exactly one hop; remove the bounds", traversal);
        }
        if (traversal.edgeVariable.getText().equals(traversal.from.getText())
                || traversal.edgeVariable.getText().equals(traversal.to.getText())) {
            text.error(
                    QueryCode.EDGE_VARIABLE,
                    "$" + name + " names an end of this traversal; give the edge a name of its own",
                    traversal.edgeVariable);
        } else if (variables.find(name).isPresent()) {
            text.error(QueryCode.EDGE_VARIABLE, "$" + name + " is bound already", traversal.edgeVariable);
        } else {
            variables.bind(name, edge.<Variable>map(Variable.OfEdge::new).orElseGet(Variable.Unknown::new));
            return Optional.of(name);
        }
        return Optional.empty();
    }

    private void test(GqParser.BindingContext binding) {
        Optional<EntityType.Node> type = schema.node(binding.UNAME().getText());
        String variable = bound.get(binding);
        if (type.isEmpty() || variable == null) {
            return;
        }
        for (GqParser.InlineTestContext test : binding.inlineTest()) {
            Optional<Property> property = type.get().property(test.lname().getText());
            if (property.isEmpty()) {
                text.error(
                        QueryCode.INLINE_PROPERTY,
                        type.get().name() + " has no property '" + test.lname().getText() + "'",
                        test.lname());
                continue;
            }
            touching.names(type.get(), property.get());
            values.read(test.value(), QueryCode.UNKNOWN_VARIABLE)
                    .flatMap(value -> inline(variable, type.get(), property.get(), value, test))
                    .ifPresent(filters::add);
        }
    }

    private Optional<Predicate> inline(
            String variable,
            EntityType.Node type,
            Property property,
            Expression value,
            GqParser.InlineTestContext test) {
        boolean list = property.type().list();
        if (property.type().scalar() == Scalar.VECTOR) {
            text.error(
                    QueryCode.OPERANDS,
                    type.name() + "." + property.name()
                            + " is a vector and can't be compared; order by nearest() to rank by it",
                    test);
            return Optional.empty();
        }
        if (property.type().scalar() == Scalar.BLOB) {
            text.error(
                    QueryCode.LITERAL,
                    type.name() + "." + property.name() + " is a Blob, and the contents of Blobs can't be compared",
                    test);
            return Optional.empty();
        }
        if (list && value instanceof Expression.Constant && value.type().list()) {
            text.error(
                    QueryCode.LITERAL,
                    type.name() + "." + property.name() + " is a list; use a scalar to test for membership",
                    test.value());
            return Optional.empty();
        }
        var compared = list ? property.type().element() : property.type();
        if (!values.fits(value, compared, type, property, QueryCode.LITERAL, test.value())) {
            return Optional.empty();
        }
        return Optional.of(new Predicate.Compare(
                new Expression.PropertyOf(variable, type, property),
                list ? Predicate.Operator.CONTAINS : Predicate.Operator.EQ,
                value));
    }

    private void negate(GqParser.NegationContext negation) {
        boolean tied = negation.clause().stream()
                .filter(clause -> clause.negation() == null)
                .flatMap(clause -> Mentions.in(clause).stream())
                .anyMatch(name -> variables.find(name).isPresent());
        if (!tied) {
            text.error(
                    QueryCode.NEGATION_OR_GROUPING,
                    "this not{} mentions no variable bound outside it, so it says nothing about the row",
                    negation);
        }
        negations.add(
                new MatchChecker(schema, values, touching, variables.inner(), anonymous).check(negation.clause()));
    }
}
