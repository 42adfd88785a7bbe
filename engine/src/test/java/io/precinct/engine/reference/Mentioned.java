package io.precinct.engine.reference;

import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Predicate;
import java.util.List;
import java.util.Set;

/** Variables and properties that a test speaks of. */
final class Mentioned {
    private Mentioned() {}

    static void variables(Predicate predicate, Set<String> into) {
        operands(predicate).forEach(operand -> {
            switch (operand) {
                case Expression.PropertyOf property -> into.add(property.variable());
                case Expression.NodeOf node -> into.add(node.variable());
                default -> {}
            }
        });
    }

    static List<Expression> operands(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Constant constant -> List.of();
            case Predicate.Compare compare -> List.of(compare.left(), compare.right());
            case Predicate.In in -> List.of(in.left());
            case Predicate.All all ->
                all.parts().stream().flatMap(part -> operands(part).stream()).toList();
            case Predicate.Any any ->
                any.parts().stream().flatMap(part -> operands(part).stream()).toList();
            case Predicate.Not not -> operands(not.part());
        };
    }
}
