package io.precinct.engine.reference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The text of a random read over a schema, with its parameters; most of them type-check. */
final class RandomQuery {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> OPERATORS = List.of("=", "!=", "<", "<=", ">", ">=");
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "x_1", "_y");

    private final Schema schema;
    private final Draw draw;
    private final List<String> parameters = new ArrayList<>();
    private final ObjectNode arguments = JSON.createObjectNode();
    private int edgeNames;

    record Sample(String text, ObjectNode arguments) {}

    private record Bound(String name, EntityType type) {}

    private RandomQuery(Schema schema, Draw draw) {
        this.schema = schema;
        this.draw = draw;
    }

    static Sample of(Schema schema, Draw draw) {
        RandomQuery query = new RandomQuery(schema, draw);
        String body = query.body();
        return new Sample("query q(" + String.join(", ", query.parameters) + ") {\n" + body + "}\n", query.arguments);
    }

    private String body() {
        List<Bound> bound = new ArrayList<>();
        StringBuilder text =
                new StringBuilder("match {\n").append(block(bound, 0)).append("}\n");
        boolean aggregates = draw.percent(30);
        List<String> columns = new ArrayList<>();
        List<PropertyType> types = new ArrayList<>();
        StringBuilder returned = new StringBuilder();
        for (int i = draw.below(3); i >= 0; i--) {
            String column = "r" + columns.size();
            Term term = aggregates && (columns.isEmpty() || draw.percent(40))
                    ? aggregate(bound)
                    : projection(bound, aggregates);
            returned.append(term.text()).append(" as ").append(column).append(draw.percent(50) ? ", " : " ");
            columns.add(column);
            types.add(term.type());
        }
        text.append("return { ").append(returned).append("}\n");
        List<String> keys = new ArrayList<>();
        if (draw.percent(55)) {
            for (int i = draw.below(2); i >= 0; i--) {
                int column = draw.below(columns.size());
                Bound any = draw.of(bound);
                Optional<Property> property =
                        draw.percent(50) && !aggregates ? property(any, p -> !p.list()) : Optional.empty();
                String key =
                        property.map(p -> "$" + any.name() + "." + p.name()).orElse(columns.get(column));
                boolean sortable = property.isPresent()
                        || !types.get(column).list() && !types.get(column).nullable();
                if (sortable) {
                    keys.add(key + draw.of(List.of("", " asc", " desc")));
                }
            }
        }
        if (!keys.isEmpty()) {
            text.append("order { ").append(String.join(", ", keys)).append(" }\n");
        }
        if (draw.percent(30)) {
            text.append("limit ").append(draw.of(List.of(0, 1, 2, 3, 5, 100))).append("\n");
        }
        return text.toString();
    }

    /** {@code type}: nullable stands for what must not be sorted by, a sum that depends on the order of its addends. */
    private record Term(String text, PropertyType type) {}

    private Term projection(List<Bound> bound, boolean grouping) {
        Bound one = draw.of(bound);
        int kind = draw.below(grouping ? 80 : 100);
        if (kind < 20 && one.type() instanceof EntityType.Node) {
            return new Term("$" + one.name(), PropertyType.of(Scalar.STRING));
        }
        if (kind >= 95) {
            return new Term("now()", PropertyType.of(Scalar.DATE_TIME));
        }
        if (kind >= 80) {
            PropertyType type = PropertyType.of(draw.of(List.of(Scalar.STRING, Scalar.I64, Scalar.F64, Scalar.DATE)));
            return new Term(constant(type, true), type);
        }
        return property(one, p -> true)
                .map(p -> new Term("$" + one.name() + "." + p.name(), p.type().required()))
                .orElseGet(() -> node(bound));
    }

    private Term node(List<Bound> bound) {
        Bound node = draw.of(bound.stream()
                .filter(one -> one.type() instanceof EntityType.Node)
                .toList());
        return new Term("$" + node.name(), PropertyType.of(Scalar.STRING));
    }

    private Term aggregate(List<Bound> bound) {
        Bound one = draw.of(bound);
        String function = draw.of(List.of("count", "sum", "avg", "min", "max"));
        Optional<Property> argument = property(one, p -> switch (function) {
            case "count" -> true;
            case "sum", "avg" -> p.scalar().numeric() && !p.list();
            default -> (p.scalar().numeric() || p.scalar() == Scalar.STRING) && !p.list();
        });
        if (argument.isEmpty()) {
            return new Term("count(" + node(bound).text() + ")", PropertyType.of(Scalar.I64));
        }
        PropertyType type = PropertyType.of(argument.get().type().scalar());
        boolean added = function.equals("sum") || function.equals("avg");
        boolean anyOrder = type.scalar() == Scalar.I32 || type.scalar() == Scalar.U32;
        PropertyType result = function.equals("count") ? PropertyType.of(Scalar.I64) : type;
        return new Term(
                function + "($" + one.name() + "." + argument.get().name() + ")",
                added && !anyOrder ? result.asNullable() : result);
    }

    private Optional<Property> property(Bound one, java.util.function.Predicate<PropertyType> fits) {
        List<Property> fitting = one.type().properties().stream()
                .filter(p -> fits.test(p.type()))
                .toList();
        return fitting.isEmpty() ? Optional.empty() : Optional.of(draw.of(fitting));
    }

    private String block(List<Bound> bound, int depth) {
        List<Bound> outer = List.copyOf(bound);
        List<String> clauses = new ArrayList<>();
        for (int i = depth == 0 ? 1 + draw.below(3) : draw.below(2); i > 0; i--) {
            EntityType.Node type = draw.percent(50) ? schema.nodes().getFirst() : draw.of(schema.nodes());
            if (depth == 0 || draw.percent(70)) {
                clauses.add(binding(name(bound, type), type, bound));
            } else {
                nodes(outer).stream()
                        .findAny()
                        .ifPresent(one -> clauses.add(binding(one, (EntityType.Node) one.type(), bound)));
            }
        }
        for (int i = depth == 0 ? draw.below(3) : draw.below(3); i > 0; i--) {
            traversal(bound, depth).ifPresent(clauses::add);
        }
        for (int i = draw.below(3); i > 0; i--) {
            clauses.add(filter(bound));
        }
        if (depth > 0 && clauses.stream().noneMatch(clause -> mentions(clause, outer))) {
            Bound one = draw.of(outer);
            property(one, p -> !p.list())
                    .ifPresent(p -> clauses.add("$" + one.name() + "." + p.name() + " " + draw.of(OPERATORS) + " "
                            + constant(p.type(), true)));
        }
        if (depth < 2 && draw.percent(35)) {
            clauses.add("not {\n" + block(new ArrayList<>(bound), depth + 1) + "}");
        }
        if (!clauses.isEmpty() && draw.percent(20)) {
            clauses.add(clauses.removeFirst());
        }
        return (clauses.isEmpty() ? "1 = 1" : String.join("\n", clauses)) + "\n";
    }

    private static boolean mentions(String clause, List<Bound> outer) {
        Set<String> words = new HashSet<>(List.of(clause.split("[^$A-Za-z0-9_]+")));
        return outer.stream().anyMatch(one -> words.contains("$" + one.name()));
    }

    private static List<Bound> nodes(List<Bound> bound) {
        return bound.stream()
                .filter(one -> one.type() instanceof EntityType.Node)
                .toList();
    }

    /** A new variable, or now and then a bound one of the type. */
    private Bound name(List<Bound> bound, EntityType.Node type) {
        List<Bound> same = bound.stream().filter(one -> one.type().equals(type)).toList();
        List<String> free = NAMES.stream()
                .filter(name -> bound.stream().noneMatch(one -> one.name().equals(name)))
                .toList();
        if (free.isEmpty() || (!same.isEmpty() && draw.percent(25))) {
            return same.isEmpty() ? new Bound("_", type) : draw.of(same);
        }
        Bound fresh = new Bound(draw.of(free), type);
        bound.add(fresh);
        return fresh;
    }

    private String binding(Bound one, EntityType.Node type, List<Bound> bound) {
        StringBuilder text = new StringBuilder("$" + one.name() + ": " + type.name());
        if (draw.percent(30)) {
            property(new Bound("", type), p -> true)
                    .ifPresent(p -> text.append(" { " + p.name() + ": "
                            + (p.type().scalar() == Scalar.DATE_TIME
                                            && !p.type().list()
                                            && draw.percent(40)
                                    ? "now()"
                                    : constant(p.type().element(), true))
                            + " }"));
        }
        return text.toString();
    }

    private Optional<String> traversal(List<Bound> bound, int depth) {
        EntityType.Edge edge = draw.percent(40) ? schema.edge("Near").orElseThrow() : draw.of(schema.edges());
        EntityType.Node source = schema.node(edge.source());
        EntityType.Node destination = schema.node(edge.destination());
        boolean loop = source.equals(destination);
        boolean backward = !loop && draw.percent(50);
        if (depth == 0 && bound.size() > 4) {
            return Optional.empty();
        }
        String left = end(bound, backward ? destination : source);
        String right = end(bound, backward ? source : destination);
        boolean undirected = loop && draw.percent(35);
        String word = draw.percent(50) ? edge.name().toLowerCase(java.util.Locale.ROOT) : first(edge.name());
        boolean bounds = draw.percent(loop ? 40 : 10);
        int least = draw.between(1, 2);
        String hops = bounds ? "{" + least + "," + (least + draw.below(3)) + "}" : "";
        String variable = "";
        if (!bounds && draw.percent(40) && depth + bound.size() < 5) {
            Bound named = new Bound("w" + edgeNames++, edge);
            bound.add(named);
            variable = "$" + named.name() + ":";
        }
        return Optional.of("$" + left + " " + variable + (undirected ? "<" + word + ">" : word) + hops + " $" + right);
    }

    private static String first(String name) {
        return name.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + name.substring(1);
    }

    private String end(List<Bound> bound, EntityType.Node type) {
        List<Bound> same = bound.stream().filter(one -> one.type().equals(type)).toList();
        if (!same.isEmpty() && draw.percent(65)) {
            return draw.of(same).name();
        }
        return draw.percent(25) || bound.size() > 5 ? "_" : name(bound, type).name();
    }

    private String filter(List<Bound> bound) {
        Bound one = draw.of(bound);
        Optional<Property> property = property(one, p -> true);
        if (property.isEmpty()) {
            return constant(PropertyType.of(Scalar.I64), false) + " " + draw.of(OPERATORS) + " 2";
        }
        PropertyType type = property.get().type();
        String left = "$" + one.name() + "." + property.get().name();
        if (type.list()) {
            return left + " contains " + operand(bound, type.element());
        }
        if (type.scalar() == Scalar.STRING && draw.percent(35)) {
            return left + draw.of(List.of(" contains ", " starts_with ")) + operand(bound, type);
        }
        String right = type.scalar() == Scalar.DATE_TIME && draw.percent(30) ? "now()" : operand(bound, type);
        String operator = draw.of(OPERATORS);
        return draw.percent(80) ? left + " " + operator + " " + right : right + " " + operator + " " + left;
    }

    private String operand(List<Bound> bound, PropertyType type) {
        Bound other = draw.of(bound);
        Optional<Property> property = draw.percent(40)
                ? property(
                        other,
                        p -> !p.list()
                                && (p.scalar() == type.scalar()
                                        || p.scalar().numeric() && type.scalar().numeric()))
                : Optional.empty();
        return property.map(p -> "$" + other.name() + "." + p.name()).orElseGet(() -> constant(type, false));
    }

    /** A literal or a new parameter that compares with the type; {@code member}: of its enum. */
    private String constant(PropertyType type, boolean member) {
        PropertyType written = type.scalar().numeric() && draw.percent(40)
                ? PropertyType.of(draw.of(List.of(Scalar.I32, Scalar.I64, Scalar.U32, Scalar.F32, Scalar.F64)))
                : new PropertyType(type.scalar(), 0, member ? type.enumValues() : Optional.empty(), false, false);
        Object value = RandomGraph.value(written, draw);
        boolean negative = value instanceof Number number
                && (number.doubleValue() < 0 || Double.compare(number.doubleValue(), -0.0) == 0);
        boolean large = value instanceof Number number && number.doubleValue() > 9e18;
        if (negative || draw.percent(35)) {
            String name = "p" + parameters.size();
            boolean nullable = draw.percent(20);
            parameters.add("$" + name + ": " + written.scalar().word() + (nullable ? "?" : ""));
            if (nullable && draw.percent(50)) {
                if (draw.percent(50)) {
                    arguments.putNull(name);
                }
            } else {
                arguments.set(name, JSON.valueToTree(large ? (Object) Integer.MAX_VALUE : value));
            }
            return "$" + name;
        }
        return switch (written.scalar()) {
            case STRING -> "\"" + value + "\"";
            case DATE -> "date(\"" + value + "\")";
            case DATE_TIME -> "datetime(\"" + value + "\")";
            default -> large ? String.valueOf(Long.MAX_VALUE) : String.valueOf(value);
        };
    }
}
