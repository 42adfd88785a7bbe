package io.precinct.policy;

import io.precinct.engine.spi.Condition.Comparison;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A tenant's policy as data: roles and what is granted to them. Nothing is allowed that no grant allows. Valid by
 * construction: every role exists, inheritance has no circle, ids are unique.
 *
 * @param roles for each role the roles whose grants it has besides its own
 * @param protectedBranches branches that only branch administrators write, by name, in every graph
 * @param stepUp whether people have to show a second factor for sensitive actions
 */
public record TenantPolicy(
        Map<String, Set<String>> roles, List<Grant> grants, Set<String> protectedBranches, StepUp stepUp) {
    /** Grants nothing to anybody; what a tenant has until a policy is published. */
    public static final TenantPolicy DENY_ALL = new TenantPolicy(Map.of(), List.of(), Set.of(), StepUp.SENSITIVE);

    /** When people have to show a second factor. */
    public enum StepUp {
        /** For every action that is marked as sensitive. */
        SENSITIVE,
        /** Never: for tenants whose identity provider has no second factor to ask for. */
        NONE
    }

    /**
     * A right of some roles. Several grants add up: a caller sees the rows of all, and a property is hidden in those
     * rows for which no grant shows it. Limits don't add up: the least one holds.
     *
     * @param id unique in the policy; the reason given for what it allows
     * @param types the types covered; empty for all types
     * @param rows the rows covered, by type; a covered type without a rule is covered whole
     * @param masks hidden properties, by type
     * @param denied properties that may not even be named, by type
     * @param when tests on the caller's claims; all must hold
     */
    public record Grant(
            String id,
            Set<String> roles,
            Set<Action> actions,
            Pattern graph,
            Pattern branch,
            Optional<Set<String>> types,
            Map<String, RowRule> rows,
            Map<String, Map<String, Mask.Kind>> masks,
            Map<String, Set<String>> denied,
            List<ClaimTest> when,
            GrantLimits limits) {
        public Grant {
            roles = Set.copyOf(roles);
            actions = Set.copyOf(actions);
            types = types.map(Set::copyOf);
            rows = Map.copyOf(rows);
            masks = Map.copyOf(masks);
            denied = Map.copyOf(denied);
            when = List.copyOf(when);
        }
    }

    /** Which graphs or branches a grant is for. */
    public sealed interface Pattern {
        record Any() implements Pattern {}

        record Exact(String name) implements Pattern {}

        record Prefix(String start) implements Pattern {}

        /** Branches that the policy does not protect. */
        record Unprotected() implements Pattern {}
    }

    /** A test on one claim; false when the claim is absent or of another type. */
    public record ClaimTest(String claim, Comparison comparison, Operand value) {}

    /** Limits that a grant sets; an absent one leaves the platform's. */
    public record GrantLimits(
            OptionalLong maxRows, OptionalLong timeoutMillis, OptionalLong maxHops, OptionalLong maxBytes) {
        public static final GrantLimits NONE =
                new GrantLimits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    public TenantPolicy {
        Map<String, Set<String>> copied = new LinkedHashMap<>();
        roles.forEach((role, inherited) -> copied.put(role, Set.copyOf(inherited)));
        roles = Map.copyOf(copied);
        grants = List.copyOf(grants);
        protectedBranches = Set.copyOf(protectedBranches);
        Set<String> ids = new LinkedHashSet<>();
        for (Grant grant : grants) {
            if (!ids.add(grant.id())) {
                throw new InvalidDocumentException("grants", "the id \"" + grant.id() + "\" is given twice");
            }
            for (String role : grant.roles()) {
                if (!roles.containsKey(role)) {
                    throw new InvalidDocumentException(
                            "grants", "\"" + grant.id() + "\" names the unknown role \"" + role + "\"");
                }
            }
        }
        for (String role : roles.keySet()) {
            inherited(roles, role, new LinkedHashSet<>());
        }
    }

    /** A role itself and every role it inherits from, at any distance. */
    public Set<String> closure(String role) {
        Set<String> found = new LinkedHashSet<>();
        collect(role, found);
        return found;
    }

    private void collect(String role, Set<String> found) {
        if (found.add(role)) {
            roles.getOrDefault(role, Set.of()).forEach(parent -> collect(parent, found));
        }
    }

    private static void inherited(Map<String, Set<String>> roles, String role, Set<String> way) {
        if (!roles.containsKey(role)) {
            throw new InvalidDocumentException("roles", "the role \"" + role + "\" is inherited but not declared");
        }
        if (!way.add(role)) {
            throw new InvalidDocumentException("roles", "inheritance runs in a circle: " + way + " and again " + role);
        }
        for (String parent : roles.get(role)) {
            inherited(roles, parent, way);
        }
        way.remove(role);
    }

    /**
     * Reads a policy document.
     *
     * @throws InvalidDocumentException with the place, when it is not of the form; an unknown field is not
     */
    public static TenantPolicy parse(byte[] json) {
        StrictJson root = StrictJson.parse(json);
        if (root.field("version").whole() != 1) {
            throw root.invalid("only version 1 is known");
        }
        Map<String, Set<String>> roles = new HashMap<>();
        root.field("roles").entries((role, value) -> {
            roles.put(role, value.optional("inherits").map(TenantPolicy::names).orElse(Set.of()));
            value.done();
        });
        List<Grant> grants =
                root.field("grants").items().stream().map(TenantPolicy::grant).toList();
        Set<String> protectedBranches =
                root.optional("protected_branches").map(TenantPolicy::names).orElse(Set.of());
        StepUp stepUp = root.optional("step_up").map(TenantPolicy::stepUp).orElse(StepUp.SENSITIVE);
        root.done();
        return new TenantPolicy(roles, grants, protectedBranches, stepUp);
    }

    private static StepUp stepUp(StrictJson json) {
        String word = json.text();
        return switch (word) {
            case "sensitive" -> StepUp.SENSITIVE;
            case "none" -> StepUp.NONE;
            default -> throw json.invalid("is \"sensitive\" or \"none\", not \"" + word + "\"");
        };
    }

    private static Grant grant(StrictJson json) {
        Optional<Set<String>> types = json.optional("types").flatMap(TenantPolicy::someNames);
        Map<String, RowRule> rows = new HashMap<>();
        json.optional("rows")
                .ifPresent(all -> all.entries((type, rule) -> {
                    covered(rule, types, type);
                    rows.put(type, RowRule.read(rule));
                }));
        Map<String, Map<String, Mask.Kind>> masks = new HashMap<>();
        json.optional("masks")
                .ifPresent(all -> all.entries((type, properties) -> {
                    covered(properties, types, type);
                    Map<String, Mask.Kind> kinds = new HashMap<>();
                    properties.entries((property, kind) -> kinds.put(property, maskKind(kind)));
                    masks.put(type, Map.copyOf(kinds));
                }));
        Map<String, Set<String>> denied = new HashMap<>();
        json.optional("denied")
                .ifPresent(all -> all.entries((type, properties) -> {
                    covered(properties, types, type);
                    denied.put(type, names(properties));
                }));
        List<ClaimTest> when = new ArrayList<>();
        json.optional("when").ifPresent(all -> all.items().forEach(test -> when.add(claimTest(test))));
        String id = json.field("id").text();
        if (id.isBlank()) {
            throw json.invalid("the id is blank");
        }
        Grant grant = new Grant(
                id,
                names(json.field("roles")),
                actions(json.field("actions")),
                json.optional("graph").map(value -> pattern(value, false)).orElse(new Pattern.Any()),
                json.optional("branch").map(value -> pattern(value, true)).orElse(new Pattern.Any()),
                types,
                rows,
                masks,
                denied,
                when,
                json.optional("limits").map(TenantPolicy::limits).orElse(GrantLimits.NONE));
        json.done();
        return grant;
    }

    private static void covered(StrictJson json, Optional<Set<String>> types, String type) {
        if (types.isPresent() && !types.get().contains(type)) {
            throw json.invalid("restricts a type that the grant does not cover");
        }
    }

    private static Set<String> names(StrictJson json) {
        Set<String> names = new LinkedHashSet<>();
        json.items().forEach(item -> names.add(item.text()));
        return Set.copyOf(names);
    }

    /** {@code "any"} is empty: no restriction. */
    private static Optional<Set<String>> someNames(StrictJson json) {
        if (json.isText()) {
            if (!json.text().equals("any")) {
                throw json.invalid("must be \"any\" or a list");
            }
            return Optional.empty();
        }
        return Optional.of(names(json));
    }

    private static Set<Action> actions(StrictJson json) {
        Optional<Set<String>> codes = someNames(json);
        if (codes.isEmpty()) {
            return EnumSet.allOf(Action.class);
        }
        Set<Action> actions = EnumSet.noneOf(Action.class);
        for (String code : codes.get()) {
            actions.add(Action.of(code).orElseThrow(() -> json.invalid("names the unknown action \"" + code + "\"")));
        }
        return actions;
    }

    private static Pattern pattern(StrictJson json, boolean ofBranches) {
        String kind = json.field("kind").text();
        Pattern pattern = switch (kind) {
            case "any" -> new Pattern.Any();
            case "exact" -> new Pattern.Exact(json.field("value").text());
            case "prefix" -> new Pattern.Prefix(json.field("value").text());
            case "own" -> throw json.invalid("\"own\" needs the owner of a branch, which nobody records");
            case "unprotected" -> new Pattern.Unprotected();
            default -> throw json.invalid("has the unknown kind \"" + kind + "\"");
        };
        json.done();
        if (pattern instanceof Pattern.Unprotected && !ofBranches) {
            throw json.invalid("\"" + kind + "\" is for branches only");
        }
        return pattern;
    }

    private static Mask.Kind maskKind(StrictJson json) {
        String kind = json.text();
        return switch (kind) {
            case "null" -> Mask.Kind.NULL;
            case "hash" -> Mask.Kind.HASH;
            default -> throw json.invalid("is the unknown mask \"" + kind + "\"");
        };
    }

    private static ClaimTest claimTest(StrictJson json) {
        Comparison comparison = Operands.comparison(json.field("operator"));
        Operand value = Operands.operand(json.field("value"), comparison);
        boolean ordering = switch (comparison) {
            case LT, LTE, GT, GTE -> true;
            case EQ, NE, IN, CONTAINS -> false;
            case STARTS_WITH -> throw json.invalid("a claim has no start to compare");
        };
        if (ordering && !(value instanceof Operand.Whole || value instanceof Operand.Real)) {
            throw json.invalid("only numbers are ordered");
        }
        ClaimTest test = new ClaimTest(json.field("claim").text(), comparison, value);
        json.done();
        return test;
    }

    private static GrantLimits limits(StrictJson json) {
        GrantLimits limits = new GrantLimits(
                limit(json, "max_rows"), limit(json, "timeout_ms"), limit(json, "max_hops"), limit(json, "max_bytes"));
        json.done();
        return limits;
    }

    private static OptionalLong limit(StrictJson json, String name) {
        Optional<StrictJson> value = json.optional(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        long most = value.get().whole();
        if (most <= 0) {
            throw value.get().invalid("must be positive");
        }
        return OptionalLong.of(most);
    }
}
