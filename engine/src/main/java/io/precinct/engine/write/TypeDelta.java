package io.precinct.engine.write;

import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.schema.Constraint;
import io.precinct.engine.schema.EntityType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * What one write leaves behind in one type, as far as validation needs it: written and removed ids, unique tuples, the
 * ends of edges. Rows themselves are not held. About 40 bytes a row, and for edge types as much again for each
 * distinct end that the write doesn't bring itself.
 */
final class TypeDelta {
    private final EntityType type;
    private final EntityNumbers numbers;
    private final Optional<TypeDelta> sourceNodes;
    private final Optional<TypeDelta> destinationNodes;
    private final boolean cardinality;
    private final boolean replacesAll;

    final IdTable written;
    final IdTable removed;
    final List<UniqueTuples> uniques;
    /** Ends not brought by the write before the edge; payload: line of the first edge that needs it. */
    final IdTable sources;

    final IdTable destinations;
    /** Only for edge types with a cardinality; payload: edges written with this source. */
    final IdTable sourceCounts;

    /** The first written rows, one more than a change set may hold. */
    final List<Written> first = new ArrayList<>();

    record Written(String id, Optional<ChangeSet.Ends> ends) {}

    /** One written row; {@code source} and {@code destination} are null for a node, values null for null. */
    record Row(
            String id,
            long number,
            String source,
            long sourceNumber,
            String destination,
            long destinationNumber,
            IntFunction<Object> values,
            long line) {}

    TypeDelta(
            EntityType type,
            EntityNumbers numbers,
            Optional<TypeDelta> sourceNodes,
            Optional<TypeDelta> destinationNodes,
            boolean replacesAll,
            IdBudget budget) {
        this.type = type;
        this.written = new IdTable(false, budget);
        this.removed = new IdTable(true, budget);
        this.sources = new IdTable(true, budget);
        this.destinations = new IdTable(true, budget);
        this.sourceCounts = new IdTable(true, budget);
        this.numbers = numbers;
        this.sourceNodes = sourceNodes;
        this.destinationNodes = destinationNodes;
        this.replacesAll = replacesAll;
        this.cardinality = type instanceof EntityType.Edge edge
                && (edge.least() > 0 || edge.most().isPresent());
        this.uniques = type.constraints().stream()
                .filter(Constraint.Unique.class::isInstance)
                .map(c -> new UniqueTuples((Constraint.Unique) c, type, numbers, budget))
                .toList();
    }

    EntityType type() {
        return type;
    }

    /** The type holds nothing but the written rows afterwards. */
    boolean replacesAll() {
        return replacesAll;
    }

    boolean touched() {
        return replacesAll || written.size() > 0 || removed.size() > 0;
    }

    /** Bytes taken from the budget. */
    long heldBytes() {
        return Stream.of(written, removed, sources, destinations, sourceCounts)
                        .mapToLong(IdTable::held)
                        .sum()
                + uniques.stream().mapToLong(UniqueTuples::heldBytes).sum();
    }

    boolean hasCardinality() {
        return cardinality;
    }

    /** Adds the final image of a row whose id was not added before. */
    void add(Row row, Findings findings) {
        long check = IdTable.check(row.id());
        if (written.findNumber(row.number()) != IdTable.ABSENT) {
            findings.add("entity_number", collision(row.id()), row.line());
            return;
        }
        written.add(row.number(), check, "", row.line());
        if (first.size() <= Footprints.BOUND) {
            first.add(new Written(
                    row.id(),
                    row.source() == null
                            ? Optional.empty()
                            : Optional.of(new ChangeSet.Ends(row.source(), row.destination()))));
        }
        if (row.source() != null) {
            end(sources, sourceNodes, row.source(), row.sourceNumber(), row.line());
            end(destinations, destinationNodes, row.destination(), row.destinationNumber(), row.line());
            if (cardinality) {
                count(row.source(), row.sourceNumber());
            }
        }
        for (UniqueTuples unique : uniques) {
            unique.tuple(
                            property -> Optional.ofNullable(row.values().apply(RowValues.position(type, property))),
                            row.source(),
                            row.destination())
                    .ifPresent(tuple -> unique.claim(tuple, row.id())
                            .ifPresent(holder ->
                                    findings.add("unique", unique.violation(tuple, holder, row.id()), row.line())));
        }
    }

    void remove(String id, long number) {
        removed.add(number, IdTable.check(id), id, 0);
    }

    boolean writes(String id, long number) {
        return written.find(number, IdTable.check(id)) != IdTable.ABSENT;
    }

    /** Whether the base row with this id and number is gone or replaced; the id is asked for only when needed. */
    boolean supersedes(long number, java.util.function.Supplier<String> id) {
        if (replacesAll) {
            return true;
        }
        if (written.findNumber(number) == IdTable.ABSENT && removed.findNumber(number) == IdTable.ABSENT) {
            return false;
        }
        long check = IdTable.check(id.get());
        return written.find(number, check) != IdTable.ABSENT || removed.find(number, check) != IdTable.ABSENT;
    }

    String collision(String id) {
        return "the id '" + id + "' of " + type.name()
                + " can't be told from another id of this type by its entity number; choose another id";
    }

    private void end(IdTable ends, Optional<TypeDelta> nodes, String id, long number, long line) {
        long check = IdTable.check(id);
        if (nodes.isPresent() && nodes.get().written.find(number, check) != IdTable.ABSENT) {
            return;
        }
        if (ends.find(number, check) == IdTable.ABSENT) {
            ends.add(number, check, id, line);
        }
    }

    private void count(String source, long number) {
        long check = IdTable.check(source);
        int entry = sourceCounts.find(number, check);
        if (entry == IdTable.ABSENT) {
            sourceCounts.add(number, check, source, 1);
        } else {
            sourceCounts.payload(entry, sourceCounts.payload(entry) + 1);
        }
    }
}
