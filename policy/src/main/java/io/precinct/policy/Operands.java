package io.precinct.policy;

import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Condition.Comparison;
import io.precinct.engine.spi.Operand;
import java.util.ArrayList;
import java.util.List;

/** Operands and conditions in their JSON form. */
final class Operands {
    private Operands() {}

    static Object plain(Operand operand) {
        return switch (operand) {
            case Operand.Text text -> text.value();
            case Operand.Whole whole -> whole.value();
            case Operand.Real real -> real.value();
            case Operand.Truth truth -> truth.value();
            case Operand.Items items ->
                items.values().stream().map(Operands::plain).toList();
        };
    }

    static Comparison comparison(StrictJson json) {
        String code = json.text();
        return switch (code) {
            case "eq" -> Comparison.EQ;
            case "ne" -> Comparison.NE;
            case "lt" -> Comparison.LT;
            case "lte" -> Comparison.LTE;
            case "gt" -> Comparison.GT;
            case "gte" -> Comparison.GTE;
            case "in" -> Comparison.IN;
            case "contains" -> Comparison.CONTAINS;
            case "starts_with" -> Comparison.STARTS_WITH;
            default -> throw json.invalid("is the unknown comparison \"" + code + "\"");
        };
    }

    /** A list exactly where the comparison needs one. */
    static Operand operand(StrictJson json, Comparison comparison) {
        if (comparison == Comparison.IN) {
            List<Operand> values = new ArrayList<>();
            for (StrictJson item : json.items()) {
                values.add(scalar(item));
            }
            return new Operand.Items(values);
        }
        Operand operand = scalar(json);
        if (comparison == Comparison.STARTS_WITH && !(operand instanceof Operand.Text)) {
            throw json.invalid("must be a string, because a start is compared");
        }
        return operand;
    }

    static Operand scalar(StrictJson json) {
        if (json.isText()) {
            return new Operand.Text(json.text());
        }
        if (json.isTruth()) {
            return new Operand.Truth(json.truth());
        }
        if (json.isWhole()) {
            return new Operand.Whole(json.whole());
        }
        if (json.isNumber()) {
            return new Operand.Real(json.real());
        }
        throw json.invalid("must be a string, a number, true or false");
    }

    /** The condition of an answer; the same grammar as a row rule's, without the caller. */
    static Condition condition(StrictJson json) {
        RowRule rule = RowRule.read(json);
        if (!rule.fixed()) {
            throw json.invalid("has an operand that was not filled in");
        }
        return condition(rule);
    }

    private static Condition condition(RowRule rule) {
        return switch (rule) {
            case RowRule.Constant constant -> constant.value() ? Condition.ALWAYS : Condition.NEVER;
            case RowRule.Field field ->
                new Condition.Field(
                        field.property(),
                        field.comparison(),
                        switch (field.value()) {
                            case RowRule.Value.Literal literal -> literal.operand();
                            case RowRule.Value.Claim claim ->
                                throw new IllegalStateException("checked before: " + claim);
                            case RowRule.Value.SubjectId subject ->
                                throw new IllegalStateException("checked before: " + subject);
                        });
            case RowRule.All all ->
                new Condition.All(all.parts().stream().map(Operands::condition).toList());
            case RowRule.Any any ->
                new Condition.Any(any.parts().stream().map(Operands::condition).toList());
            case RowRule.Not not -> new Condition.Not(condition(not.part()));
        };
    }
}
