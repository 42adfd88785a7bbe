package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.precinct.engine.exec.Explanation;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import io.precinct.platform.run.GraphOperation;
import io.precinct.platform.run.Reasons;
import io.precinct.policy.Decision;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a query did for this caller, and the decision that applied. */
public record ExplainOutput(
        @JsonProperty("query_name") String queryName,
        @JsonProperty("graph_commit_id") String graphCommitId,
        @JsonProperty("plan_text") String planText,
        List<OperatorOutput> operators,
        DecisionOutput decision) {

    /** {@code estimated} is absent where rows are hidden from the caller: it would tell how many. */
    public record OperatorOutput(
            String name,
            String detail,
            @JsonProperty("row_rule") String rowRule,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Long> estimated,
            long actual,
            long microseconds) {}

    public record DecisionOutput(
            @JsonProperty("decision_id") String decisionId,
            @JsonProperty("policy_revision") String policyRevision,
            List<String> reasons,
            List<TypeOutput> types) {}

    /** {@code rows} is the rule in words; {@code masks} name the property and what it reads as. */
    public record TypeOutput(
            @JsonProperty("type_name") String typeName,
            boolean granted,
            String rows,
            List<String> masks,
            List<String> denied) {}

    static ExplainOutput of(GraphOperation.Explain.Explained explained) {
        Explanation plan = explained.plan();
        Decision decision = explained.decision();
        return new ExplainOutput(
                explained.queryName(),
                explained.commit().value(),
                plan.text(),
                plan.operators().stream()
                        .map(one -> new OperatorOutput(
                                one.name(),
                                one.detail(),
                                one.rowRule(),
                                one.estimated().stream().boxed().findFirst(),
                                one.actual(),
                                one.microseconds()))
                        .toList(),
                new DecisionOutput(
                        decision.decisionId(),
                        decision.policyRevision(),
                        Reasons.of(decision),
                        new TreeMap<>(decision.obligations().types())
                                .entrySet().stream()
                                        .map(entry -> type(entry.getKey(), entry.getValue()))
                                        .toList()));
    }

    private static TypeOutput type(String name, RowAccess access) {
        return new TypeOutput(
                name,
                access.granted(),
                words(access.rows()),
                new TreeMap<>(access.masks())
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + " reads "
                                        + entry.getValue().kind().name().toLowerCase(Locale.ROOT)
                                        + (entry.getValue().shownWhere().equals(Condition.NEVER)
                                                ? ""
                                                : " unless "
                                                        + words(entry.getValue().shownWhere())))
                                .toList(),
                access.denied().stream().sorted().toList());
    }

    private static String words(Condition condition) {
        return switch (condition) {
            case Condition.Constant constant -> constant.value() ? "all" : "none";
            case Condition.Field field ->
                field.property() + " " + field.comparison().name().toLowerCase(Locale.ROOT) + " "
                        + words(field.operand());
            case Condition.All all ->
                all.parts().stream().map(ExplainOutput::words).collect(Collectors.joining(" and ", "(", ")"));
            case Condition.Any any ->
                any.parts().stream().map(ExplainOutput::words).collect(Collectors.joining(" or ", "(", ")"));
            case Condition.Not not -> "not " + words(not.part());
        };
    }

    private static String words(Operand operand) {
        return switch (operand) {
            case Operand.Text text -> text.value();
            case Operand.Whole whole -> Long.toString(whole.value());
            case Operand.Real real -> Double.toString(real.value());
            case Operand.Truth truth -> Boolean.toString(truth.value());
            case Operand.Items items ->
                items.values().stream().map(ExplainOutput::words).collect(Collectors.joining(", ", "(", ")"));
        };
    }
}
