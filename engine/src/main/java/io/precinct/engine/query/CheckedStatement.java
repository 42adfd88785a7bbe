package io.precinct.engine.query;

import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One query or mutation of a text, parsed and checked against one schema (by hash). If it type-checks, it runs. */
public sealed interface CheckedStatement {
    String name();

    List<Parameter> parameters();

    TouchedTypes touched();

    String schemaHash();

    /**
     * @param projections in column order
     * @param rank what orders the rows before {@code order} does, and which of them are returned; never with aggregates
     * @param order empty for none; the engine adds its tie-break
     */
    record Read(
            String name,
            List<Parameter> parameters,
            Pattern pattern,
            List<Projection> projections,
            Optional<Rank> rank,
            List<SortKey> order,
            OptionalLong limit,
            TouchedTypes touched,
            String schemaHash)
            implements CheckedStatement {
        public Read {
            parameters = List.copyOf(parameters);
            projections = List.copyOf(projections);
            order = List.copyOf(order);
        }

        /** A read without rank. */
        public Read(
                String name,
                List<Parameter> parameters,
                Pattern pattern,
                List<Projection> projections,
                List<SortKey> order,
                OptionalLong limit,
                TouchedTypes touched,
                String schemaHash) {
            this(name, parameters, pattern, projections, Optional.empty(), order, limit, touched, schemaHash);
        }

        public boolean aggregates() {
            return projections.stream().anyMatch(p -> p.expression() instanceof Expression.Aggregate);
        }
    }

    record Projection(String column, Expression expression) {}

    /** Either an expression over bound variables or the index of a projection. Nulls are smallest. */
    record SortKey(Optional<Expression> expression, int projection, boolean descending) {}

    /** Insert and update only, or delete only. */
    record Write(String name, List<Parameter> parameters, List<Step> steps, TouchedTypes touched, String schemaHash)
            implements CheckedStatement {
        public Write {
            parameters = List.copyOf(parameters);
            steps = List.copyOf(steps);
        }

        public boolean deletes() {
            return steps.getFirst() instanceof Delete;
        }
    }

    sealed interface Step {}

    /** Values are constants, parameters or now(); properties not assigned are null. */
    record InsertNode(EntityType.Node type, Map<Property, Expression> values) implements Step {
        public InsertNode {
            values = Map.copyOf(values);
        }
    }

    record InsertEdge(EntityType.Edge type, Expression from, Expression to, Map<Property, Expression> values)
            implements Step {
        public InsertEdge {
            values = Map.copyOf(values);
        }
    }

    record Update(EntityType.Node type, Map<Property, Expression> values, Where where) implements Step {
        public Update {
            values = Map.copyOf(values);
        }
    }

    record Delete(EntityType type, Where where) implements Step {}

    /** One comparison of a property, or of an end of an edge (the id of its node), with a constant. */
    record Where(Subject subject, Predicate.Operator operator, Expression value) {}

    sealed interface Subject {
        record OfProperty(Property property) implements Subject {}

        record OfSource() implements Subject {}

        record OfDestination() implements Subject {}
    }
}
