package io.precinct.policy;

import io.precinct.engine.spi.Condition.Comparison;
import io.precinct.engine.spi.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A row rule as a policy states it: a condition whose operands may come from the caller. Once a claim that it names is
 * absent, or a list where one value is needed, the whole rule admits no row.
 */
public sealed interface RowRule {
    /** Rules that name the caller may be nested this deep: the interpreter has no recursion. */
    int MOST_LEVELS_WITH_CLAIMS = 4;

    /** Rules of constants may be nested this deep. */
    int MOST_LEVELS = 16;

    record Constant(boolean value) implements RowRule {}

    record Field(String property, Comparison comparison, Value value) implements RowRule {}

    record All(List<RowRule> parts) implements RowRule {
        public All {
            parts = List.copyOf(parts);
        }
    }

    record Any(List<RowRule> parts) implements RowRule {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    record Not(RowRule part) implements RowRule {}

    /** The right side of a comparison. */
    sealed interface Value {
        record Literal(Operand operand) implements Value {}

        record Claim(String name) implements Value {}

        record SubjectId() implements Value {}
    }

    /** A claim that a rule needs, as a list or as one value. */
    record Need(String claim, boolean many) {}

    /** How deep the rule is nested; a rule without parts has one level. */
    default int levels() {
        return 1 + parts().mapToInt(RowRule::levels).max().orElse(0);
    }

    /** True when no operand depends on the caller. */
    default boolean fixed() {
        boolean here = !(this instanceof Field field) || field.value() instanceof Value.Literal;
        return here && parts().allMatch(RowRule::fixed);
    }

    /** The claims that the rule names. */
    default Stream<Need> needs() {
        Stream<Need> here = this instanceof Field field && field.value() instanceof Value.Claim claim
                ? Stream.of(new Need(claim.name(), field.comparison() == Comparison.IN))
                : Stream.of();
        return Stream.concat(here, parts().flatMap(RowRule::needs));
    }

    private Stream<RowRule> parts() {
        return switch (this) {
            case Constant constant -> Stream.of();
            case Field field -> Stream.of();
            case All all -> all.parts().stream();
            case Any any -> any.parts().stream();
            case Not not -> Stream.of(not.part());
        };
    }

    /** The form that the Rego modules read, as maps, lists and scalars. */
    default Map<String, Object> tree() {
        Map<String, Object> tree = new TreeMap<>();
        switch (this) {
            case Constant constant -> {
                tree.put("type", "constant");
                tree.put("value", constant.value());
            }
            case Field field -> {
                tree.put("type", "field");
                tree.put("field", field.property());
                tree.put("operator", field.comparison().name().toLowerCase(Locale.ROOT));
                tree.put(
                        "value",
                        switch (field.value()) {
                            case Value.Literal literal -> Operands.plain(literal.operand());
                            case Value.Claim claim -> Map.of("claim", claim.name());
                            case Value.SubjectId subject -> Map.of("subject", "id");
                        });
            }
            case All all -> compound(tree, "and", all.parts());
            case Any any -> compound(tree, "or", any.parts());
            case Not not -> compound(tree, "not", List.of(not.part()));
        }
        return tree;
    }

    private static void compound(Map<String, Object> tree, String operator, List<RowRule> parts) {
        tree.put("type", "compound");
        tree.put("operator", operator);
        tree.put("value", parts.stream().map(RowRule::tree).toList());
    }

    /** Reads one rule; the operands fit their comparisons, a list only where one is needed. */
    static RowRule read(StrictJson json) {
        RowRule rule = read(json, MOST_LEVELS);
        if (!rule.fixed() && rule.levels() > MOST_LEVELS_WITH_CLAIMS) {
            throw json.invalid("names the caller and is nested " + rule.levels() + " levels deep, at most "
                    + MOST_LEVELS_WITH_CLAIMS + " are possible");
        }
        return rule;
    }

    private static RowRule read(StrictJson json, int levelsLeft) {
        if (levelsLeft == 0) {
            throw json.invalid("is nested deeper than " + MOST_LEVELS + " levels");
        }
        String type = json.field("type").text();
        RowRule rule = switch (type) {
            case "constant" -> new Constant(json.field("value").truth());
            case "field" -> {
                Comparison comparison = Operands.comparison(json.field("operator"));
                yield new Field(json.field("field").text(), comparison, value(json.field("value"), comparison));
            }
            case "compound" -> {
                List<RowRule> parts = new ArrayList<>();
                for (StrictJson part : json.field("value").items()) {
                    parts.add(read(part, levelsLeft - 1));
                }
                if (parts.isEmpty()) {
                    throw json.invalid("has no parts");
                }
                String operator = json.field("operator").text();
                yield switch (operator) {
                    case "and" -> new All(parts);
                    case "or" -> new Any(parts);
                    case "not" -> {
                        if (parts.size() != 1) {
                            throw json.invalid("\"not\" has exactly one part");
                        }
                        yield new Not(parts.getFirst());
                    }
                    default -> throw json.invalid("has the unknown operator \"" + operator + "\"");
                };
            }
            default -> throw json.invalid("has the unknown type \"" + type + "\"");
        };
        json.done();
        return rule;
    }

    private static Value value(StrictJson json, Comparison comparison) {
        if (!json.isObject()) {
            return new Value.Literal(Operands.operand(json, comparison));
        }
        Value value;
        if (json.optional("claim").isPresent()) {
            value = new Value.Claim(json.field("claim").text());
        } else {
            String subject = json.field("subject").text();
            if (!subject.equals("id") || comparison == Comparison.IN) {
                throw json.invalid("only the subject's id can stand here, and not as a list");
            }
            value = new Value.SubjectId();
        }
        json.done();
        return value;
    }
}
