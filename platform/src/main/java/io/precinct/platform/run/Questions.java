package io.precinct.platform.run;

import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.spi.Operand;
import io.precinct.platform.identity.Caller;
import io.precinct.policy.Action;
import io.precinct.policy.DecisionInput;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Puts an attempt as the question that policy answers. */
final class Questions {
    private Questions() {}

    static DecisionInput of(OperationRunner.Attempt<?> attempt, Ready<?> ready, String action, Instant now) {
        Caller caller = attempt.caller();
        OperationKind kind = attempt.kind();
        return new DecisionInput(
                new DecisionInput.Subject(
                        caller.subject(),
                        DecisionInput.SubjectType.valueOf(caller.type().name()),
                        caller.tenant().value(),
                        List.copyOf(caller.roles()),
                        claims(caller.claims()),
                        new DecisionInput.Auth(
                                caller.auth().method(),
                                caller.auth().credentialId(),
                                caller.auth().mfa(),
                                0),
                        List.of()),
                Action.of(action).orElseThrow(() -> new IllegalStateException("no policy action " + action)),
                kind.operation(),
                new DecisionInput.Resource(
                        attempt.tenant().id().value(),
                        attempt.graph(),
                        ready.branch().map(branch -> new DecisionInput.Branch(branch.value())),
                        ready.targetBranch().map(branch -> new DecisionInput.Branch(branch.value())),
                        Optional.empty(),
                        types(ready.touched()),
                        new DecisionInput.Attributes(attempt.tenantState())),
                new DecisionInput.Context(
                        now,
                        attempt.request().ip(),
                        attempt.request().requestId(),
                        attempt.request().channel(),
                        false));
    }

    private static DecisionInput.Types types(TouchedTypes touched) {
        Map<String, List<String>> properties = new TreeMap<>();
        touched.properties().forEach((type, names) -> properties.put(type, List.copyOf(names)));
        return new DecisionInput.Types(
                List.copyOf(touched.read()),
                List.copyOf(touched.write()),
                List.copyOf(touched.edges()),
                properties,
                true);
    }

    /** Claims of a form that policies can compare; another form is left out, and a rule on it then does not hold. */
    private static SortedMap<String, Operand> claims(Map<String, Object> claims) {
        SortedMap<String, Operand> operands = new TreeMap<>();
        claims.forEach((name, value) -> operand(value).ifPresent(form -> operands.put(name, form)));
        return operands;
    }

    private static Optional<Operand> operand(Object value) {
        return switch (value) {
            case String text -> Optional.of(new Operand.Text(text));
            case Boolean truth -> Optional.of(new Operand.Truth(truth));
            case Integer whole -> Optional.of(new Operand.Whole(whole));
            case Long whole -> Optional.of(new Operand.Whole(whole));
            case Double real when Double.isFinite(real) -> Optional.of(new Operand.Real(real));
            case List<?> items -> {
                List<Operand> forms = new ArrayList<>();
                for (Object item : items) {
                    Optional<Operand> form = item instanceof List ? Optional.empty() : operand(item);
                    if (form.isEmpty()) {
                        yield Optional.empty();
                    }
                    forms.add(form.get());
                }
                yield Optional.of(new Operand.Items(forms));
            }
            default -> Optional.empty();
        };
    }
}
