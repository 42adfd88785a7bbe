package io.precinct.engine.exec;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.RowFilter;
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
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds the bindings of a pattern. It starts each connected part at the variable with the fewest expected rows, expands
 * along steps, tests as soon as every variable of a test is bound, and removes what a negation matches. The rule of a
 * type is tested wherever a row of it enters, so nothing is ever computed from a row that the caller may not see.
 */
final class Matcher {
    private static final int BLOCK = 4_096;

    private final LogicalPlan plan;
    private final GraphView view;
    private final Allowance allowance;
    /** No row of any type is hidden, so that counts of all rows may be told. */
    private final boolean whole;

    private final Registers registers;
    private final List<Explanation.Operator> trace = new ArrayList<>();
    private final Map<Pattern, Integer> tags = new IdentityHashMap<>();
    private final Map<TypeId, Visibility> visibility = new HashMap<>();

    Matcher(LogicalPlan plan, GraphView view, Registers registers, Allowance allowance) {
        this.plan = plan;
        this.view = view;
        this.registers = registers;
        this.allowance = allowance;
        this.whole =
                plan.access().values().stream().allMatch(access -> access.rows().equals(new Predicate.Constant(true)));
        declare(plan.statement().pattern());
    }

    List<Explanation.Operator> trace() {
        return trace;
    }

    Registers registers() {
        return registers;
    }

    /** Every binding of the statement's pattern; those that differ only in what nobody asks for are one, weighted. */
    Bindings match() {
        CheckedStatement.Read statement = plan.statement();
        Need need = statement.aggregates() ? new Need(false, asked(statement)) : new Need(true, Set.of());
        long enough = statement.aggregates() || !statement.order().isEmpty() || Ranking.needsEverything(statement)
                ? Long.MAX_VALUE
                : statement.limit().orElse(Long.MAX_VALUE);
        return match(statement.pattern(), Bindings.unit(registers.width(), allowance), new HashSet<>(), need, enough);
    }

    /** Whose bindings a block is asked for, besides what the block itself reads. */
    private record Need(boolean every, Set<String> variables) {}

    /** Counting nodes reads none of them. */
    private static Set<String> asked(CheckedStatement.Read statement) {
        Set<String> asked = new HashSet<>();
        for (CheckedStatement.Projection projection : statement.projections()) {
            if (!Aggregation.countsRows(projection.expression())) {
                asked.addAll(Mentions.variables(projection.expression()));
            }
        }
        return asked;
    }

    private static boolean needed(
            String variable, Need need, List<Pattern.Step> steps, List<Predicate> filters, Pattern pattern) {
        return need.every()
                || need.variables().contains(variable)
                || steps.stream()
                        .anyMatch(step ->
                                step.from().equals(variable) || step.to().equals(variable))
                || filters.stream()
                        .anyMatch(filter -> Mentions.variables(filter).contains(variable))
                || pattern.negations().stream().anyMatch(negation -> reads(negation, variable));
    }

    private static boolean reads(Pattern pattern, String variable) {
        return pattern.steps().stream()
                        .anyMatch(step ->
                                step.from().equals(variable) || step.to().equals(variable))
                || pattern.nodes().stream().anyMatch(node -> node.name().equals(variable))
                || pattern.filters().stream()
                        .anyMatch(filter -> Mentions.variables(filter).contains(variable))
                || pattern.negations().stream().anyMatch(negation -> reads(negation, variable));
    }

    Visibility visible(TypeId type) {
        return visibility.computeIfAbsent(
                type, id -> new Visibility(access(id), view, view.type(id), registers.arguments()));
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
        if (step.most() > allowance.maxHops()) {
            throw new io.precinct.engine.EngineException(
                    new io.precinct.engine.EngineFailure.ResourceLimit("hops", allowance.maxHops(), step.most()));
        }
    }

    /** @param enough bindings after which the block may stop */
    private Bindings match(Pattern pattern, Bindings input, Set<String> bound, Need need, long enough) {
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
                unbound.remove(step.from());
                unbound.remove(step.to());
                boolean last = steps.isEmpty()
                        && unbound.isEmpty()
                        && pattern.negations().isEmpty();
                Walk walk = new Walk(step, pattern, steps, filters, need, last ? enough : Long.MAX_VALUE);
                now = instead(now, walk(walk, now, bound), input);
            } else {
                Pattern.NodeVariable start = cheapest(unbound.values(), filters);
                unbound.remove(start.name());
                boolean last = steps.isEmpty()
                        && unbound.isEmpty()
                        && pattern.negations().isEmpty();
                Entry entry = new Entry(start, pattern, steps, filters, need, last ? enough : Long.MAX_VALUE);
                now = instead(now, enter(entry, now), input);
                bound.add(start.name());
            }
            now = instead(now, filter(now, filters, bound), input);
        }
        for (Pattern negation : pattern.negations()) {
            now = instead(now, without(negation, now, bound), input);
        }
        return now;
    }

    /** Lets go of what the next bindings were made from, unless it is the caller's. */
    private static Bindings instead(Bindings former, Bindings next, Bindings input) {
        if (next != former && former != input) {
            former.release();
        }
        return next;
    }

    /** A step to take, with what is left to do after it. */
    private record Walk(
            Pattern.Step step,
            Pattern pattern,
            List<Pattern.Step> steps,
            List<Predicate> filters,
            Need need,
            long enough) {}

    /** A variable to begin with, with what is left to do after it. */
    private record Entry(
            Pattern.NodeVariable node,
            Pattern pattern,
            List<Pattern.Step> steps,
            List<Predicate> filters,
            Need need,
            long enough) {}

    /** Takes the filters out that mention the variable and no other. */
    private static List<Predicate> own(String variable, List<Predicate> filters) {
        List<Predicate> own = filters.stream()
                .filter(filter -> Mentions.variables(filter).equals(Set.of(variable)))
                .toList();
        filters.removeAll(own);
        return own;
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

    private Bindings enter(Entry entry, Bindings input) {
        long began = System.nanoTime();
        Pattern.NodeVariable node = entry.node();
        long estimate = estimate(node, entry.filters());
        Optional<Expression> key = keyTest(node, entry.filters());
        int[] admitted = key.isPresent()
                ? lookedUp(node, key.get())
                : scanned(node, own(node.name(), entry.filters()), input.count() == 1 ? enough(entry) : Long.MAX_VALUE);
        boolean counted = !needed(node.name(), entry.need(), entry.steps(), entry.filters(), entry.pattern());
        int register = registers.register(node.name());
        Bindings output = new Bindings(registers.width(), admitted.length, allowance);
        int[] binding = new int[registers.width()];
        for (int i = 0; i < input.count() && admitted.length > 0; i++) {
            input.read(i, binding);
            if (counted) {
                output.add(binding, Math.multiplyExact(input.weight(i), (long) admitted.length));
                continue;
            }
            for (int row : admitted) {
                allowance.check(output.count());
                binding[register] = row;
                output.add(binding, input.weight(i));
            }
        }
        note(
                key.isPresent() ? "NodeLookup" : "NodeScan",
                "$" + node.name() + ": " + node.type().name() + (counted ? " counted" : ""),
                rule(node.type()),
                estimate * Math.max(1, input.count()),
                output.count(),
                began);
        return output;
    }

    private static long enough(Entry entry) {
        return entry.filters().isEmpty() ? entry.enough() : Long.MAX_VALUE;
    }

    private int[] lookedUp(Pattern.NodeVariable node, Expression key) {
        OptionalInt found = lookUp(view.type(node.type().id()), key);
        return found.isPresent() && visible(node.type().id()).test(found.getAsInt())
                ? new int[] {found.getAsInt()}
                : new int[0];
    }

    /** Rows that live, are visible and pass the tests, by the block. */
    private int[] scanned(Pattern.NodeVariable node, List<Predicate> own, long enough) {
        TypeView rows = view.type(node.type().id());
        Visibility visible = visible(node.type().id());
        RowFilter test = new RowTests(registers).all(node.name(), own);
        IntList admitted = new IntList();
        int[] block = new int[BLOCK];
        for (int row = 0; row < rows.rows() && admitted.size() < enough; ) {
            allowance.check();
            int filled = 0;
            for (; row < rows.rows() && filled < BLOCK; row++) {
                if (rows.live(row)) {
                    block[filled++] = row;
                }
            }
            // The caller's own tests first: they run by the column, the rule row by row the first time.
            int kept = visible.keep(block, test.keep(block, filled));
            for (int i = 0; i < kept && admitted.size() < enough; i++) {
                admitted.add(block[i]);
            }
        }
        return admitted.toArray();
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

    private Bindings walk(Walk walk, Bindings input, Set<String> bound) {
        long began = System.nanoTime();
        Pattern.Step step = walk.step();
        boolean into = bound.contains(step.from()) && bound.contains(step.to());
        boolean backwards = !bound.contains(step.from());
        String farName = backwards ? step.from() : step.to();
        List<Predicate> own = into ? List.of() : own(farName, walk.filters());
        RowFilter test = new RowTests(registers).all(farName, own);
        Expansion expansion = new Expansion(step, backwards, view, this, allowance, test, !own.isEmpty());
        int near = registers.register(backwards ? step.to() : step.from());
        int far = registers.register(farName);
        int edge = step.edgeVariable().map(registers::register).orElse(-1);
        boolean counted = !into
                && !needed(farName, walk.need(), walk.steps(), walk.filters(), walk.pattern())
                && step.edgeVariable()
                        .map(name -> !needed(name, walk.need(), walk.steps(), walk.filters(), walk.pattern()))
                        .orElse(true);
        long enough = walk.filters().isEmpty() ? walk.enough() : Long.MAX_VALUE;
        Bindings output = new Bindings(registers.width(), input.count(), allowance);
        int[] binding = new int[registers.width()];
        for (int i = 0; i < input.count() && output.count() < enough; i++) {
            if ((i & 0xFF) == 0xFF) {
                allowance.check();
            }
            input.read(i, binding);
            int start = binding[near];
            long weight = input.weight(i);
            if (counted) {
                long relations = expansion.count(start);
                if (relations > 0) {
                    output.add(binding, Math.multiplyExact(weight, relations));
                }
                continue;
            }
            int wanted = into ? binding[far] : -1;
            expansion.from(start, (edgeRow, farRow) -> {
                if (!into || farRow == wanted) {
                    binding[far] = farRow;
                    if (edge >= 0) {
                        binding[edge] = edgeRow;
                    }
                    output.add(binding, weight);
                }
            });
        }
        allowance.check();
        bound.add(step.from());
        bound.add(step.to());
        step.edgeVariable().ifPresent(bound::add);
        EntityType farType = registers.view(farName).type();
        note(
                into ? "ExpandInto" : "Expand",
                "$" + step.from() + " " + step.edge().name() + "{" + step.least() + "," + step.most() + "} $"
                        + step.to() + (backwards ? " backwards" : "")
                        + (own.isEmpty() ? "" : " where " + Mentions.text(own)) + (counted ? " counted" : ""),
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
        Bindings output = new Bindings(registers.width(), allowance);
        int[] binding = new int[registers.width()];
        for (int i = 0; i < input.count(); i++) {
            allowance.check(i);
            input.read(i, binding);
            if (test.test(binding)) {
                output.add(binding, input.weight(i));
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
        Bindings tagged = new Bindings(registers.width(), allowance);
        for (int i = 0; i < input.count(); i++) {
            input.read(i, binding);
            binding[tag] = i;
            tagged.add(binding, 1);
        }
        allowance.take(input.count());
        Bindings found = match(negation, tagged, new HashSet<>(bound), new Need(false, Set.of()), Long.MAX_VALUE);
        boolean[] matched = new boolean[input.count()];
        for (int i = 0; i < found.count(); i++) {
            matched[found.cell(i, tag)] = true;
        }
        if (found != tagged) {
            found.release();
        }
        tagged.release();
        Bindings output = new Bindings(registers.width(), allowance);
        for (int i = 0; i < input.count(); i++) {
            if (!matched[i]) {
                input.read(i, binding);
                output.add(binding, input.weight(i));
            }
        }
        allowance.give(input.count());
        note("AntiJoin", Mentions.text(negation), "", input.count(), output.count(), began);
        return output;
    }

    private String rule(EntityType type) {
        Predicate rows = access(type.id()).rows();
        return rows.equals(new Predicate.Constant(true)) ? "" : type.name() + ": " + Mentions.text(List.of(rows));
    }

    private void note(String name, String detail, String rule, long estimated, long actual, long began) {
        trace.add(new Explanation.Operator(
                name,
                detail,
                rule,
                whole ? OptionalLong.of(estimated) : OptionalLong.empty(),
                actual,
                (System.nanoTime() - began) / 1_000));
    }
}
