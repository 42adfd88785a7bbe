package io.precinct.engine.query;

import io.precinct.engine.schema.EntityType;
import java.util.List;
import java.util.Optional;

/**
 * The declarative meaning of a match block: the bag of assignments of nodes to {@code nodes} and edges to the edge
 * variables of {@code steps} for which every step relates, every filter is true and no negation is satisfiable.
 * Order carries no meaning. Inline tests are filters here; each {@code $_} is a fresh variable.
 *
 * @param nodes variables introduced by this block; a nested block may use those of the blocks around it
 */
public record Pattern(List<NodeVariable> nodes, List<Step> steps, List<Predicate> filters, List<Pattern> negations) {
    public Pattern {
        nodes = List.copyOf(nodes);
        steps = List.copyOf(steps);
        filters = List.copyOf(filters);
        negations = List.copyOf(negations);
    }

    public record NodeVariable(String name, EntityType.Node type) {}

    public enum Direction {
        /** {@code from} is the edge's source. */
        OUT,
        /** {@code from} is the edge's destination. */
        IN,
        /** Either, as a set. */
        BOTH
    }

    /**
     * {@code from} relates to {@code to} when {@code to} is first discovered by breadth-first search at a distance of
     * {@code least..most} hops. An edge variable binds each edge record of a single hop.
     */
    public record Step(
            String from,
            String to,
            EntityType.Edge edge,
            Direction direction,
            int least,
            int most,
            Optional<String> edgeVariable) {}
}
