package io.precinct.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.precinct.engine.spi.Mask;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A tenant's policy in the form that evaluates fast: inheritance closed, grants found by action and role, each stored
 * once, lists sorted. Equal policies have equal revisions.
 *
 * @param json the document that the Rego modules read, in UTF-8, revision included
 */
public record PreparedPolicy(PolicyRevision revision, String json) {
    /** Where the index keeps the grants that are not for one graph alone; no graph has this name. */
    private static final String ANY_GRAPH = "*";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** The prepared form of {@link TenantPolicy#DENY_ALL}, which holds for every tenant until it publishes a policy. */
    public static final PreparedPolicy DENY_ALL = of(TenantPolicy.DENY_ALL);

    /** Flattens a policy; done once, when it is published or loaded. */
    public static PreparedPolicy of(TenantPolicy policy) {
        Map<String, Object> document = new TreeMap<>();
        List<TenantPolicy.Grant> grants = policy.grants().stream()
                .sorted(Comparator.comparing(TenantPolicy.Grant::id))
                .toList();
        document.put("by", index(policy, grants));
        document.put("grants", grants.stream().map(PreparedPolicy::compact).toList());
        Map<String, Boolean> guarded = new TreeMap<>();
        policy.protectedBranches().forEach(branch -> guarded.put(branch, true));
        document.put("protected", guarded);
        if (policy.stepUp() == TenantPolicy.StepUp.NONE) {
            document.put("no_step_up", true);
        }
        PolicyRevision revision = new PolicyRevision(digest(write(document)));
        document.put("revision", revision.value());
        return new PreparedPolicy(revision, write(document));
    }

    /** Numbers of grants by action, role and the one graph they are for, or {@value #ANY_GRAPH}. */
    private static Map<String, Map<String, Map<String, Set<Integer>>>> index(
            TenantPolicy policy, List<TenantPolicy.Grant> grants) {
        Map<String, Map<String, Map<String, Set<Integer>>>> index = new TreeMap<>();
        for (String role : policy.roles().keySet()) {
            Set<String> held = policy.closure(role);
            for (int number = 0; number < grants.size(); number++) {
                TenantPolicy.Grant grant = grants.get(number);
                boolean nowhere = grant.graph().equals(new TenantPolicy.Pattern.Exact(ANY_GRAPH));
                if (nowhere || grant.roles().stream().noneMatch(held::contains)) {
                    continue;
                }
                String graph = grant.graph() instanceof TenantPolicy.Pattern.Exact(String name) ? name : ANY_GRAPH;
                for (Action action : grant.actions()) {
                    index.computeIfAbsent(action.code(), code -> new TreeMap<>())
                            .computeIfAbsent(role, name -> new TreeMap<>())
                            .computeIfAbsent(graph, name -> new TreeSet<>())
                            .add(number);
                }
            }
        }
        return index;
    }

    private static Map<String, Object> compact(TenantPolicy.Grant grant) {
        Map<String, Object> compact = new TreeMap<>();
        compact.put("reason", sorted(Map.of("code", "grant", "rule", grant.id())));
        if (grant.graph() instanceof TenantPolicy.Pattern.Prefix(String start)) {
            compact.put("graph", start);
        }
        branch(compact, grant.branch());
        if (!grant.when().isEmpty()) {
            compact.put("when", grant.when().stream().map(PreparedPolicy::test).toList());
        }
        if (Stream.of("graph", "branch", "when").noneMatch(compact::containsKey)) {
            // Who finds it has it.
            compact.put("free", true);
        }
        grant.types()
                .ifPresentOrElse(
                        types -> {
                            Map<String, Boolean> covered = new TreeMap<>();
                            types.forEach(type -> covered.put(type, true));
                            compact.put("types", covered);
                        },
                        () -> compact.put("any_type", true));
        Map<String, Object> rows = new TreeMap<>();
        grant.rows().forEach((type, rule) -> {
            if (!rule.equals(new RowRule.Constant(true))) {
                rows.put(type, rule(rule));
            }
        });
        Map<String, Map<String, String>> hidden = hidden(grant);
        if (!rows.isEmpty()) {
            compact.put("rows", rows);
        }
        if (!hidden.isEmpty()) {
            compact.put("hidden", hidden);
        }
        Map<String, Long> limits = new TreeMap<>();
        limit(limits, "max_rows", grant.limits().maxRows());
        limit(limits, "timeout_ms", grant.limits().timeoutMillis());
        limit(limits, "max_hops", grant.limits().maxHops());
        limit(limits, "max_bytes", grant.limits().maxBytes());
        if (!limits.isEmpty()) {
            compact.put("limits", limits);
        }
        return compact;
    }

    private static void branch(Map<String, Object> compact, TenantPolicy.Pattern pattern) {
        switch (pattern) {
            case TenantPolicy.Pattern.Any any -> {
                // An absent pattern restricts nothing.
            }
            case TenantPolicy.Pattern.Exact exact -> compact.put("branch", Map.of("exact", exact.name()));
            case TenantPolicy.Pattern.Prefix prefix -> compact.put("branch", Map.of("prefix", prefix.start()));
            case TenantPolicy.Pattern.Unprotected unprotected -> compact.put("branch", Map.of("unprotected", true));
        }
    }

    private static Map<String, Object> test(TenantPolicy.ClaimTest test) {
        return sorted(Map.of(
                "claim",
                test.claim(),
                "operator",
                test.comparison().name().toLowerCase(Locale.ROOT),
                "value",
                Operands.plain(test.value())));
    }

    private static Map<String, Object> rule(RowRule rule) {
        if (rule.fixed()) {
            return Map.of("fixed", rule.tree());
        }
        List<Map<String, Object>> needs = rule.needs()
                .distinct()
                .map(need -> sorted(Map.of("claim", need.claim(), "many", need.many())))
                .toList();
        return sorted(Map.of("needs", needs, "tree", rule.tree()));
    }

    /** Masks and denials in one table; the letter makes the stricter kind sort last. */
    private static Map<String, Map<String, String>> hidden(TenantPolicy.Grant grant) {
        Map<String, Map<String, String>> hidden = new TreeMap<>();
        grant.masks()
                .forEach((type, kinds) ->
                        kinds.forEach((property, kind) -> hidden.computeIfAbsent(type, name -> new TreeMap<>())
                                .put(property, kind == Mask.Kind.NULL ? "b_null" : "a_hash")));
        grant.denied()
                .forEach((type, properties) -> properties.forEach(property ->
                        hidden.computeIfAbsent(type, name -> new TreeMap<>()).put(property, "c_denied")));
        return hidden;
    }

    private static void limit(Map<String, Long> limits, String name, OptionalLong most) {
        most.ifPresent(value -> limits.put(name, value));
    }

    private static Map<String, Object> sorted(Map<String, Object> entries) {
        return new TreeMap<>(entries);
    }

    private static String write(Object document) {
        try {
            return MAPPER.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, lists and scalars are always writable", e);
        }
    }

    private static String digest(String text) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
