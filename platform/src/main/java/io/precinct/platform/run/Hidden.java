package io.precinct.platform.run;

import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.RowAccess;
import io.precinct.policy.Decision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an operation and its decision have to do with types and properties that don't exist for the caller. */
final class Hidden {
    private static final String TYPE = "type_not_granted";
    private static final String PROPERTY = "denied_property";

    private Hidden() {}

    /** The decision's only objection is to types. */
    static boolean refusedForTypes(Decision decision) {
        return decision.outcome() == Decision.Outcome.DENIED
                && decision.reasons().stream().allMatch(reason -> reason.code().equals(TYPE));
    }

    /** What the operation mentions and the decision leaves out, as reasons; empty when it may simply run. */
    static List<String> met(Ready<?> ready, Decision decision, AccessGate gate) {
        if (refusedForTypes(decision)) {
            return Reasons.of(decision);
        }
        if (!decision.allow() || ready.mentions() == Ready.Mentions.SWEPT) {
            return List.of();
        }
        List<String> met = new ArrayList<>();
        for (String type : ready.touched().all()) {
            RowAccess access = gate.access(type);
            if (!access.granted()) {
                met.add(TYPE + ":" + type);
                continue;
            }
            Set<String> named = ready.touched().properties().getOrDefault(type, Collections.emptySortedSet());
            named.stream()
                    .filter(access.denied()::contains)
                    .forEach(property -> met.add(PROPERTY + ":" + type + "." + property));
        }
        return met;
    }

    /**
     * Reasons as the caller may have them. Whatever the engine refuses for a property that is denied, such as the id
     * that spells out a denied key, must not tell the property's name.
     */
    static List<String> withoutNames(List<String> reasons) {
        return reasons.stream()
                .map(reason -> reason.startsWith(PROPERTY + ":") || reason.startsWith(TYPE + ":")
                        ? reason.substring(0, reason.indexOf(':'))
                        : reason)
                .distinct()
                .toList();
    }

    /** A gate that lets a writer read what it may read but not write. */
    static AccessGate readable(AccessGate writing, Map<String, RowAccess> readOnly) {
        return readOnly.isEmpty()
                ? writing
                : new AccessGate() {
                    @Override
                    public RowAccess access(String typeName) {
                        return readOnly.getOrDefault(typeName, writing.access(typeName));
                    }

                    @Override
                    public Verdict verdict(List<TypeChange> changes) {
                        return writing.verdict(changes);
                    }
                };
    }
}
