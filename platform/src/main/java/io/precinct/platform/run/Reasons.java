package io.precinct.platform.run;

import io.precinct.policy.Decision;
import java.util.List;

/** Reasons of a decision as one line each: {@code code} or {@code code:rule}. */
public final class Reasons {
    private Reasons() {}

    public static List<String> of(Decision decision) {
        return decision.reasons().stream()
                .map(reason ->
                        reason.rule().map(rule -> reason.code() + ":" + rule).orElse(reason.code()))
                .toList();
    }
}
