package io.precinct.engine.exec;

import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds the bindings of a pattern. It starts each connected part at the variable with the fewest expected rows, expands
 * along steps, tests as soon as every variable of a test is bound, and removes what a negation matches. The rule of a
 * type is tested wherever a row of it enters, so nothing is ever computed from a row that the caller may not see.
 */
final class Matcher {
    private final LogicalPlan plan;
    private final GraphView view;
    private final ExecutionBudget budget;
    private final Registers registers;
    private final List<Explanation.Operator> trace = new ArrayList<>();
    private final Map<Pattern, Integer> tags = new IdentityHashMap<>();
    private final Map<TypeId, Visibility> visibility = new HashMap<>();

    Matcher(LogicalPlan plan, GraphView view, Registers registers, ExecutionBudget budget) {
        this.plan = plan;
        this.view = view;
        this.registers = registers;
        this.budget = budget;
        declare(plan.statement().pattern());
    }

    List<Explanation.Operator> trace() {
        return trace;
    }

    Registers registers() {
        return registers;
    }

    /** Every binding of the statement's pattern. */
    Bindings match() {
        return match(plan.statement().pattern(), Bindings.unit(registers.width()), new HashSet<>());
    }

    Visibility visible(TypeId type) {
        return visibility.computeIfAbsent(type, id -> new Visibility(access(id), view.type(id), registers.arguments()));
    }

    private LogicalPlan.BoundAccess access(TypeId type) {
        LogicalPlan.BoundAccess access = plan.access().get(type);
        if (access == null) {
            throw new IllegalStateException("the plan has no access to type " + type + ", so it can't be read");
        }
        return access;
    }

    private void declare(Pattern pattern) {
        for (Pattern.NodeVariable node : pattern.nodes()) {
            registers.declare(node.name(), view.type(node.type().id()));
        }
        for (Pattern.Step step : pattern.steps()) {
            budgetHops(step);
            step.edgeVariable()
                    .ifPresent(name ->
                            registers.declare(name, view.type(step.edge().id())));
        }
        for (Pattern negation : pattern.negations()) {
            tags.put(negation, registers.reserve());
            declare(negation);
        }
    }

    private void budgetHops(Pattern.Step step) {
        if (step.most() > budget.maxHops()) {
            throw new io.precinct.engine.EngineException(
                    new io.precinct.engine.EngineFailure.ResourceLimit("hops", budget.maxHops(), step.most()));
        }
    }

    private Bindings match(Pattern pattern, Bindings input, Set<String> bound) {
        Map<String, Pattern.NodeVariable> unbound = new LinkedHashMap<>();
        pattern.nodes().forEach(node -> unbound.put(node.name(), node));
        unbound.keySet().removeAll(bound);
        List<Pattern.Step> steps = new ArrayList<>(pattern.steps());
        List<Predicate> filters = new ArrayList<>(pattern.filters());
        Bindings now = filter(input, filters, bound);
        while (!steps.isEmpty() || !unbound.isEmpty()) {
            Optional<Pattern.Step> next = nextStep(steps, bound);
            if (next.isPresent()) {
                Pattern.Step step = next.get();
                steps.remove(step);
                now = walk(step, now, bound);
                unbound.remove(step.from());
                unbound.remove(step.to());
            } else {
                Pattern.NodeVariable start = cheapest(unbound.values(), filters);
                unbound.remove(start.name());
                now = enter(start, now, filters);
                bound.add(start.name());
            }
            now = filter(now, filters, bound);
        }
        for (Pattern negation : pattern.negations()) {
            now = without(negation, now, bound);
        }
        return now;
    }

    /** Steps between bound ends first: they only take rows away. Then the one with the fewest edges per node. */
    private Optional<Pattern.Step> nextStep(List<Pattern.Step> steps, Set<String> bound) {
        Pattern.Step best = null;
        double bestCost = Double.MAX_VALUE;
        for (Pattern.Step step : steps) {
            boolean from = bound.contains(step.from());
            boolean to = bound.contains(step.to());
            if (!from && !to) {
                continue;
            }
            double cost = from && to ? 0 : 1 + fanOut(step) * step.most();
            if (cost < bestCost) {
                best = step;
                bestCost = cost;
            }
        }
        return Optional.ofNullable(best);
    }

    private double fanOut(Pattern.Step step) {
        long nodes = Math.max(1, view.type(step.edge().source()).count());
        return view.type(step.edge().id()).count() / (double) nodes;
    }

    private Pattern.NodeVariable cheapest(Iterable<Pattern.NodeVariable> candidates, List<Predicate> filters) {
        Pattern.NodeVariable best = null;
        long bestRows = Long.MAX_VALUE;
        for (Pattern.NodeVariable candidate : candidates) {
            long rows = estimate(candidate, filters);
            if (rows < bestRows) {
                best = candidate;
                bestRows = rows;
            }
        }
        if (best == null) {
            throw new IllegalStateException("no variable is left to start from");
        }
        return best;
    }

    private long estimate(Pattern.NodeVariable node, List<Predicate> filters) {
        if (keyTest(node, filters).isPresent()) {
            return 1;
        }
        long rows = view.type(node.type().id()).count();
        for (Predicate filter : filters) {
            if (Mentions.variables(filter).equals(Set.of(node.name()))) {
                rows = Math.max(1, rows / 10);
            }
        }
        return rows;
    }

    /** The value that a filter demands of the node's single-member key, when its id is the value's own text. */
    private Optional<Expression> keyTest(Pattern.NodeVariable node, List<Predicate> filters) {
        List<Property> key = node.type().keyMembers();
        if (key.size() != 1) {
            return Optional.empty();
        }
        boolean textual = switch (key.getFirst().type().scalar()) {
            case STRING, I32, I64, U32 -> true;
            case BOOL, U64, F32, F64, DATE, DATE_TIME, BLOB, VECTOR -> false;
        };
        if (!textual) {
            return Optional.empty();
        }
        for (Predicate filter : filters) {
            if (filter instanceof Predicate.Compare compare
                    && compare.operator() == Predicate.Operator.EQ
                    && compare.left() instanceof Expression.PropertyOf property
                    && property.variable().equals(node.name())
                    && property.property().id().equals(key.getFirst().id())
                    && Mentions.variables(compare.right()).isEmpty()
                    && compare.right().type().scalar().numeric()
                            == key.getFirst().type().scalar().numeric()) {
                return Optional.of(compare.right());
            }
        }
        return Optional.empty();
    }

    private Bindings enter(Pattern.NodeVariable node, Bindings input, List<Predicate> filters) {
        long began = System.nanoTime();
        TypeView rows = view.type(node.type().id());
        Visibility visible = visible(node.type().id());
        int register = registers.register(node.name());
        Bindings output = new Bindings(registers.width());
        int[] binding = new int[registers.width()];
        Optional<Expression> key = keyTest(node, filters);
        long estimate = estimate(node, filters);
        if (key.isPresent()) {
            OptionalInt found = lookUp(rows, key.get());
            if (found.isPresent() && visible.test(found.getAsInt())) {
                for (int i = 0; i < input.count(); i++) {
                    input.read(i, binding);
                    binding[register] = found.getAsInt();
                    output.add(binding);
                }
            }
        } else {
            List<Predicate> own = filters.stream()
                    .filter(filter -> Mentions.variables(filter).equals(Set.of(node.name())))
                    .toList();
            filters.removeAll(own);
            Registers.Test test = registers.test(new Predicate.All(own));
            IntList admitted = new IntList();
            for (int row = 0; row < rows.rows(); row++) {
                if ((row & 0xFFFF) == 0) {
                    budget.check(0);
                }
                binding[register] = row;
                if (rows.live(row) && visible.test(row) && test.test(binding)) {
                    admitted.add(row);
                }
            }
            int[] candidates = admitted.toArray();
            int count = candidates.length;
            budget.check(count * (long) input.count());
            for (int i = 0; i < input.count(); i++) {
                input.read(i, binding);
                for (int at = 0; at < count; at++) {
                    binding[register] = candidates[at];
                    output.add(binding);
                }
            }
        }
        note(
                key.isPresent() ? "NodeLookup" : "NodeScan",
                "$" + node.name() + ": " + node.type().name(),
                rule(node.type()),
                estimate * Math.max(1, input.count()),
                output.count(),
                began);
        return output;
    }

    private OptionalInt lookUp(TypeView rows, Expression key) {
        Object value = registers.value(key).of(new int[0]);
        if (value == null || value instanceof Float || value instanceof Double) {
            return value == null ? OptionalInt.empty() : fraction(rows, ((Number) value).doubleValue());
        }
        int row = rows.rowOf(value.toString());
        return row < 0 ? OptionalInt.empty() : OptionalInt.of(row);
    }

    private static OptionalInt fraction(TypeView rows, double value) {
        long whole = (long) value;
        int row = whole == value ? rows.rowOf(Long.toString(whole)) : -1;
        return row < 0 ? OptionalInt.empty() : OptionalInt.of(row);
    }

    private Bindings walk(Pattern.Step step, Bindings input, Set<String> bound) {
        long began = System.nanoTime();
        boolean into = bound.contains(step.from()) && bound.contains(step.to());
        boolean backwards = !bound.contains(step.from());
        Expansion expansion = new Expansion(step, backwards, view, this, budget);
        int near = registers.register(backwards ? step.to() : step.from());
        int far = registers.register(backwards ? step.from() : step.to());
        int edge = step.edgeVariable().map(registers::register).orElse(-1);
        Bindings output = new Bindings(registers.width());
        int[] binding = new int[registers.width()];
        for (int i = 0; i < input.count(); i++) {
            if ((i & 0x3FF) == 0) {
                budget.check(output.count());
            }
            input.read(i, binding);
            int start = binding[near];
            int wanted = into ? binding[far] : -1;
            expansion.from(start, (edgeRow, farRow) -> {
                if (!into || farRow == wanted) {
                    binding[far] = farRow;
                    if (edge >= 0) {
                        binding[edge] = edgeRow;
                    }
                    output.add(binding);
                }
            });
            budget.check(output.count());
        }
        bound.add(step.from());
        bound.add(step.to());
        step.edgeVariable().ifPresent(bound::add);
        EntityType farType = registers.view(backwards ? step.from() : step.to()).type();
        note(
                into ? "ExpandInto" : "Expand",
                "$" + step.from() + " " + step.edge().name() + "{" + step.least() + "," + step.most() + "} $"
                        + step.to() + (backwards ? " backwards" : ""),
                String.join("; ", nonBlank(rule(step.edge()), rule(farType))),
                Math.round(input.count() * fanOut(step) * step.most()),
                output.count(),
                began);
        return output;
    }

    private static List<String> nonBlank(String... texts) {
        return java.util.Arrays.stream(texts).filter(text -> !text.isEmpty()).toList();
    }

    private Bindings filter(Bindings input, List<Predicate> filters, Set<String> bound) {
        List<Predicate> ready = filters.stream()
                .filter(filter -> bound.containsAll(Mentions.variables(filter)))
                .toList();
        if (ready.isEmpty()) {
            return input;
        }
        long began = System.nanoTime();
        filters.removeAll(ready);
        Registers.Test test = registers.test(new Predicate.All(ready));
        Bindings output = new Bindings(registers.width());
        int[] binding = new int[registers.width()];
        for (int i = 0; i < input.count(); i++) {
            input.read(i, binding);
            if (test.test(binding)) {
                output.add(binding);
            }
        }
        note("Filter", Mentions.text(ready), "", input.count(), output.count(), began);
        return output;
    }

    /** Runs the block once over all rows, each tagged with its index, and keeps the rows whose tag never comes out. */
    private Bindings without(Pattern negation, Bindings input, Set<String> bound) {
        long began = System.nanoTime();
        int tag = tags.get(negation);
        int[] binding = new int[registers.width()];
        Bindings tagged = new Bindings(registers.width());
        for (int i = 0; i < input.count(); i++) {
            input.read(i, binding);
            binding[tag] = i;
            tagged.add(binding);
        }
        Bindings found = match(negation, tagged, new HashSet<>(bound));
        boolean[] matched = new boolean[input.count()];
        for (int i = 0; i < found.count(); i++) {
            found.read(i, binding);
            matched[binding[tag]] = true;
        }
        Bindings output = new Bindings(registers.width());
        for (int i = 0; i < input.count(); i++) {
            if (!matched[i]) {
                input.read(i, binding);
                output.add(binding);
            }
        }
        note("AntiJoin", Mentions.text(negation), "", input.count(), output.count(), began);
        return output;
    }

    private String rule(EntityType type) {
        Predicate rows = access(type.id()).rows();
        return rows.equals(new Predicate.Constant(true)) ? "" : type.name() + ": " + Mentions.text(List.of(rows));
    }

    private void note(String name, String detail, String rule, long estimated, long actual, long began) {
        trace.add(new Explanation.Operator(name, detail, rule, estimated, actual, (System.nanoTime() - began) / 1_000));
    }
}
