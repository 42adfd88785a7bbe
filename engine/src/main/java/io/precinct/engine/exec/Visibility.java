package io.precinct.engine.exec;

import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.LogicalPlan.BoundAccess;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.view.TypeView;
import java.util.BitSet;

/** Which rows of a type exist for the caller, each tested at most once an execution. Used by one thread. */
final class Visibility {
    private final boolean everything;
    private final Registers.Test rule;
    private final BitSet known = new BitSet();
    private final BitSet seen = new BitSet();
    private final int[] row = new int[1];

    Visibility(BoundAccess access, TypeView view, Arguments arguments) {
        this.everything = access.rows().equals(new Predicate.Constant(true));
        Registers single = new Registers(arguments);
        single.declare(BoundAccess.ROW, view);
        this.rule = single.test(access.rows());
    }

    boolean test(int candidate) {
        if (everything) {
            return true;
        }
        if (!known.get(candidate)) {
            known.set(candidate);
            row[0] = candidate;
            seen.set(candidate, rule.test(row));
        }
        return seen.get(candidate);
    }
}
