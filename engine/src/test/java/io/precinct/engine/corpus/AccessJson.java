package io.precinct.engine.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A caller as a page writes him: by type name {@code true} or an object of {@code rows}, {@code masks}, {@code denied}
 * and {@code writes}. Conditions are {@code true}, {@code false}, {@code {"all": []}}, {@code {"any": []}},
 * {@code {"not": …}} and {@code ["property", "EQ", value]}.
 */
final class AccessJson {
    private AccessJson() {}

    static Map<String, RowAccess> read(String text) {
        Map<String, RowAccess> access = new HashMap<>();
        Steps.members(Steps.json(text)).forEach((type, rule) -> access.put(type, access(rule)));
        return access;
    }

    private static RowAccess access(JsonNode rule) {
        if (rule.isBoolean()) {
            return rule.booleanValue() ? RowAccess.ALL : RowAccess.NONE;
        }
        Map<String, Mask> masks = new HashMap<>();
        if (rule.has("masks")) {
            Steps.members(rule.get("masks"))
                    .forEach((property, mask) -> masks.put(
                            property,
                            new Mask(
                                    Mask.Kind.valueOf(mask.get("kind").textValue()),
                                    mask.has("shown") ? condition(mask.get("shown")) : Condition.NEVER)));
        }
        Set<String> denied = new HashSet<>();
        rule.path("denied").forEach(name -> denied.add(name.textValue()));
        return new RowAccess(
                true,
                rule.has("rows") ? condition(rule.get("rows")) : Condition.ALWAYS,
                masks,
                denied,
                rule.has("writes") ? condition(rule.get("writes")) : Condition.ALWAYS);
    }

    private static Condition condition(JsonNode json) {
        if (json.isBoolean()) {
            return new Condition.Constant(json.booleanValue());
        }
        if (json.isArray()) {
            return new Condition.Field(
                    json.get(0).textValue(),
                    Condition.Comparison.valueOf(json.get(1).textValue()),
                    operand(json.get(2)));
        }
        if (json.has("not")) {
            return new Condition.Not(condition(json.get("not")));
        }
        List<Condition> parts = new ArrayList<>();
        json.elements().next().forEach(part -> parts.add(condition(part)));
        return json.has("all") ? new Condition.All(parts) : new Condition.Any(parts);
    }

    private static Operand operand(JsonNode json) {
        if (json.isArray()) {
            List<Operand> items = new ArrayList<>();
            json.forEach(item -> items.add(operand(item)));
            return new Operand.Items(items);
        }
        return json.isTextual()
                ? new Operand.Text(json.textValue())
                : json.isBoolean()
                        ? new Operand.Truth(json.booleanValue())
                        : json.isIntegralNumber()
                                ? new Operand.Whole(json.longValue())
                                : new Operand.Real(json.doubleValue());
    }

    /** Total: a type that isn't named doesn't exist for the caller. */
    static AccessGate gate(Map<String, RowAccess> access) {
        return new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return access.getOrDefault(typeName, RowAccess.NONE);
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Allowed();
            }
        };
    }
}
