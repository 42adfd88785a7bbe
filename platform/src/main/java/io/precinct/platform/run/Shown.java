package io.precinct.platform.run;

import io.precinct.engine.exec.Explanation;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import io.precinct.policy.Decision;
import io.precinct.policy.Obligations;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A decision and a plan as their caller may read them: what they are about is told, denied properties are not named. */
final class Shown {
    private static final String WITHHELD = "(withheld)";

    private Shown() {}

    static Decision decision(Decision decision) {
        Obligations whole = decision.obligations();
        Map<String, RowAccess> types = new HashMap<>();
        whole.types().forEach((type, access) -> types.put(type, access(access)));
        return new Decision(
                decision.outcome(),
                decision.reasons(),
                new Obligations(types, whole.writeTypes(), whole.limits(), whole.require()),
                decision.denyAs(),
                decision.policyRevision(),
                decision.decisionId());
    }

    /** A row rule in the words of the plan that rests on a denied property is withheld. */
    static Explanation plan(Explanation plan, Decision decision) {
        Set<String> names = new HashSet<>();
        decision.obligations().types().values().forEach(access -> collect(access.rows(), access.denied(), names));
        if (names.isEmpty()) {
            return plan;
        }
        List<Explanation.Operator> operators = plan.operators().stream()
                .map(one -> names.stream().noneMatch(one.rowRule()::contains)
                        ? one
                        : new Explanation.Operator(
                                one.name(), one.detail(), WITHHELD, one.estimated(), one.actual(), one.microseconds()))
                .toList();
        return new Explanation(operators, plan.rows());
    }

    private static RowAccess access(RowAccess access) {
        Map<String, Mask> masks = new HashMap<>();
        access.masks()
                .forEach((property, mask) ->
                        masks.put(property, new Mask(mask.kind(), withheld(mask.shownWhere(), access.denied()))));
        return new RowAccess(
                access.granted(),
                withheld(access.rows(), access.denied()),
                masks,
                Set.of(),
                withheld(access.writes(), access.denied()));
    }

    private static Condition withheld(Condition rule, Set<String> denied) {
        Set<String> names = new HashSet<>();
        collect(rule, denied, names);
        return names.isEmpty()
                ? rule
                : new Condition.Field(WITHHELD, Condition.Comparison.EQ, new Operand.Text(WITHHELD));
    }

    private static void collect(Condition rule, Set<String> denied, Set<String> names) {
        switch (rule) {
            case Condition.Constant constant -> {}
            case Condition.Field field -> {
                if (denied.contains(field.property())) {
                    names.add(field.property());
                }
            }
            case Condition.All all -> all.parts().forEach(part -> collect(part, denied, names));
            case Condition.Any any -> any.parts().forEach(part -> collect(part, denied, names));
            case Condition.Not not -> collect(not.part(), denied, names);
        }
    }
}
