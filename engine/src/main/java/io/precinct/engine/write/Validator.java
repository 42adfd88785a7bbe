package io.precinct.engine.write;

import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.RowAccess;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.view.Column;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.Neighbours;
import io.precinct.engine.view.TypeView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The one judge of a write's final state against its base, for mutations and loads alike: uniqueness, then ends of
 * edges, then cardinality. (What a row keeps or breaks by itself was judged when it was added, by {@link ValueRules}.)
 * Looks things up in the view only, and records in the footprint what the verdict relied on. A verdict that would tell
 * of a row the caller may not see is a denial instead, the same as that of a failed write check.
 */
final class Validator {
    private final GraphView view;
    private final Deltas deltas;
    private final CallerAccess access;
    private final Footprints footprints;
    private final UniqueIndexes indexes;
    private final Findings findings = new Findings();

    Validator(GraphView view, Deltas deltas, CallerAccess access, Footprints footprints, UniqueIndexes indexes) {
        this.view = view;
        this.deltas = deltas;
        this.access = access;
        this.footprints = footprints;
        this.indexes = indexes;
    }

    /** Throws with what is broken, if anything is. */
    void check() {
        for (TypeDelta delta : deltas.all()) {
            if (!delta.replacesAll()) {
                numbers(delta);
                uniqueness(delta);
            }
        }
        for (TypeDelta delta : deltas.all()) {
            if (delta.type() instanceof EntityType.Edge edge) {
                ends(edge, delta);
            } else if (delta.replacesAll()) {
                retained((EntityType.Node) delta.type(), delta);
            } else {
                abandoned((EntityType.Node) delta.type(), delta);
            }
        }
        for (TypeDelta delta : deltas.all()) {
            if (delta.hasCardinality()) {
                cardinality((EntityType.Edge) delta.type(), delta);
            }
        }
        findings.throwIfAny();
    }

    private void numbers(TypeDelta delta) {
        TypeView base = view.type(delta.type().id());
        for (int entry = 0; entry < delta.written.size() && !findings.full(); entry++) {
            int row = base.rowOfNumber(delta.written.number(entry));
            if (row >= 0 && IdTable.check(base.id(row)) != delta.written.check(entry)) {
                findings.add(
                        "entity_number",
                        "an id of " + delta.type().name()
                                + " can't be told from one that exists by its entity number; choose another id",
                        delta.written.payload(entry));
            }
        }
    }

    private void uniqueness(TypeDelta delta) {
        TypeView base = view.type(delta.type().id());
        Pin pin = view.snapshot().type(delta.type().id()).pin();
        for (UniqueTuples unique : delta.uniques) {
            if (unique.isEmpty()) {
                continue;
            }
            footprints.of(delta.type().id()).whole();
            Map<PropertyId, Column> columns = new HashMap<>();
            unique.members().forEach(m -> columns.put(m, base.column(m)));
            UniqueIndexes.Index index = indexes.of(
                    pin,
                    unique.constraint(),
                    row -> tuple(delta, unique, base, columns, row).map(UniqueTuples::check));
            for (int held = 0; held < unique.size() && !findings.full(); held++) {
                index.rows(unique.check(held), row -> clash(delta, unique, base, columns, row));
            }
            for (int row = Math.toIntExact(pin.rows()); row < base.rows() && !findings.full(); row++) {
                clash(delta, unique, base, columns, row);
            }
        }
    }

    private Optional<List<String>> tuple(
            TypeDelta delta, UniqueTuples unique, TypeView base, Map<PropertyId, Column> columns, int row) {
        return unique.tuple(
                property -> {
                    Column column = columns.get(property);
                    return column.isNull(row) ? Optional.empty() : Optional.of(column.valueAt(row));
                },
                unique.needsEnds() ? end(delta, base, row, true) : "",
                unique.needsEnds() ? end(delta, base, row, false) : "");
    }

    /** Adds a violation if the base row stays and holds a tuple of the write. */
    private void clash(TypeDelta delta, UniqueTuples unique, TypeView base, Map<PropertyId, Column> columns, int row) {
        if (!base.live(row) || delta.supersedes(base.number(row), () -> base.id(row))) {
            return;
        }
        Optional<List<String>> tuple = tuple(delta, unique, base, columns, row);
        Optional<String> holder = tuple.flatMap(unique::holder);
        if (holder.isPresent()) {
            requireVisible(delta.type(), row);
            requireNameable(delta.type(), unique);
            String id = holder.get();
            findings.add(
                    "unique",
                    unique.violation(tuple.orElseThrow(), base.id(row), id),
                    line(delta, deltas.numbers().number(delta.type().id(), id), id));
        }
    }

    private static long line(TypeDelta delta, long number, String id) {
        int entry = delta.written.find(number, IdTable.check(id));
        return entry == IdTable.ABSENT ? 0 : delta.written.payload(entry);
    }

    private String end(TypeDelta delta, TypeView base, int row, boolean source) {
        EntityType.Edge edge = (EntityType.Edge) delta.type();
        TypeView nodes = view.type(source ? edge.source() : edge.destination());
        int node = nodes.rowOfNumber(source ? base.sourceNumber(row) : base.destinationNumber(row));
        if (node >= 0) {
            return nodes.id(node);
        }
        var ends = base.row(row).ends().orElseThrow();
        return source ? ends.source() : ends.destination();
    }

    private void ends(EntityType.Edge edge, TypeDelta delta) {
        ends("src", edge.source(), delta.sources);
        ends("dst", edge.destination(), delta.destinations);
    }

    private void ends(String word, TypeId nodeType, IdTable ends) {
        EntityType node = deltas.schema().type(nodeType);
        Optional<TypeDelta> nodes = deltas.find(nodeType);
        for (int entry = 0; entry < ends.size() && !findings.full(); entry++) {
            long number = ends.number(entry);
            long check = ends.check(entry);
            if (nodes.isPresent() && nodes.get().written.find(number, check) != IdTable.ABSENT) {
                continue;
            }
            if (existsInBase(node, nodes, number, check)) {
                footprints.of(nodeType).present(ends.text(entry));
                if (!access.seesAll(node)) {
                    // Whether the node exists for the caller hangs on its values.
                    footprints.of(nodeType).written(ends.text(entry));
                }
            } else {
                findings.add(
                        "endpoint_not_found",
                        word + " '" + ends.text(entry) + "' not found in " + node.name(),
                        ends.payload(entry));
            }
        }
    }

    private boolean existsInBase(EntityType node, Optional<TypeDelta> nodes, long number, long check) {
        if (nodes.isPresent()
                && (nodes.get().replacesAll() || nodes.get().removed.find(number, check) != IdTable.ABSENT)) {
            return false;
        }
        TypeView base = view.type(node.id());
        int row = base.rowOfNumber(number);
        return row >= 0 && IdTable.check(base.id(row)) == check && access.sees(view, node, row);
    }

    /** A node type replaced as a whole must leave no edge of a type that stays without its ends. */
    private void retained(EntityType.Node node, TypeDelta nodes) {
        for (EntityType.Edge edge : deltas.schema().edges()) {
            boolean asSource = edge.source().equals(node.id());
            boolean asDestination = edge.destination().equals(node.id());
            Optional<TypeDelta> own = deltas.find(edge.id());
            if (!(asSource || asDestination) || (own.isPresent() && own.get().replacesAll())) {
                continue;
            }
            footprints.of(edge.id()).whole();
            TypeView base = view.type(edge.id());
            for (int row = 0; row < base.rows() && !findings.full(); row++) {
                if (!base.live(row)) {
                    continue;
                }
                boolean sourceGone = asSource && nodes.written.findNumber(base.sourceNumber(row)) == IdTable.ABSENT;
                boolean destinationGone =
                        asDestination && nodes.written.findNumber(base.destinationNumber(row)) == IdTable.ABSENT;
                if (sourceGone || destinationGone) {
                    requireVisible(edge, row);
                    var ends = base.row(row).ends().orElseThrow();
                    findings.add(
                            "endpoint_not_found",
                            (sourceGone ? "src '" + ends.source() : "dst '" + ends.destination()) + "' not found in "
                                    + node.name() + ": edge " + edge.name() + " '" + base.id(row)
                                    + "' stays; put the node into the file or replace the edge type as well",
                            0);
                }
            }
        }
    }

    /** A deleted node takes its edges along: none may stay. */
    private void abandoned(EntityType.Node node, TypeDelta nodes) {
        for (int entry = 0; entry < nodes.removed.size() && !findings.full(); entry++) {
            int row = view.type(node.id()).rowOfNumber(nodes.removed.number(entry));
            if (row < 0) {
                continue;
            }
            for (EntityType.Edge edge : deltas.schema().edges()) {
                Neighbours met = new Neighbours();
                if (edge.source().equals(node.id())) {
                    footprints.of(edge.id()).incident(nodes.removed.text(entry));
                    view.topology(edge.id()).outgoing(row, met);
                    abandoned(edge, met, "src '" + nodes.removed.text(entry) + "' of " + node.name());
                }
                if (edge.destination().equals(node.id())) {
                    footprints.of(edge.id()).incident(nodes.removed.text(entry));
                    view.topology(edge.id()).incoming(row, met);
                    abandoned(edge, met, "dst '" + nodes.removed.text(entry) + "' of " + node.name());
                }
            }
        }
    }

    private void abandoned(EntityType.Edge edge, Neighbours met, String end) {
        Optional<TypeDelta> own = deltas.find(edge.id());
        TypeView base = view.type(edge.id());
        for (int at = 0; at < met.count() && !findings.full(); at++) {
            int row = met.edges()[at];
            if (own.isEmpty() || !own.get().supersedes(base.number(row), () -> base.id(row))) {
                requireVisible(edge, row);
                findings.add(
                        "endpoint_not_found",
                        end + " is deleted and edge " + edge.name() + " '" + base.id(row) + "' stays",
                        0);
            }
        }
    }

    private void cardinality(EntityType.Edge edge, TypeDelta delta) {
        TypeView base = view.type(edge.id());
        IdTable lost = delta.replacesAll() ? new IdTable(true) : lost(edge, delta, base);
        for (int entry = 0; entry < delta.sourceCounts.size() && !findings.full(); entry++) {
            long number = delta.sourceCounts.number(entry);
            long check = delta.sourceCounts.check(entry);
            int lostEntry = lost.find(number, check);
            judge(
                    edge,
                    delta,
                    delta.sourceCounts.text(entry),
                    number,
                    delta.sourceCounts.payload(entry),
                    lostEntry == IdTable.ABSENT ? 0 : lost.payload(lostEntry));
        }
        Optional<TypeDelta> nodes = deltas.find(edge.source());
        for (int entry = 0; entry < lost.size() && !findings.full(); entry++) {
            long number = lost.number(entry);
            boolean judged = delta.sourceCounts.find(number, lost.check(entry)) != IdTable.ABSENT;
            boolean nodeGone = nodes.isPresent() && nodes.get().removed.findNumber(number) != IdTable.ABSENT;
            if (!judged && !nodeGone) {
                judge(edge, delta, lost.text(entry), number, 0, lost.payload(entry));
            }
        }
    }

    /** By source, the base edges that the write removes or replaces. */
    private IdTable lost(EntityType.Edge edge, TypeDelta delta, TypeView base) {
        IdTable lost = new IdTable(true);
        for (IdTable ids : List.of(delta.removed, delta.written)) {
            for (int entry = 0; entry < ids.size(); entry++) {
                int row = base.rowOfNumber(ids.number(entry));
                if (row < 0) {
                    continue;
                }
                long source = base.sourceNumber(row);
                String text = end(delta, base, row, true);
                long check = IdTable.check(text);
                int known = lost.find(source, check);
                if (known == IdTable.ABSENT) {
                    lost.add(source, check, text, 1);
                } else {
                    lost.payload(known, lost.payload(known) + 1);
                }
            }
        }
        return lost;
    }

    private void judge(EntityType.Edge edge, TypeDelta delta, String source, long number, long added, long lost) {
        long before = 0;
        if (!delta.replacesAll()) {
            footprints.of(edge.id()).incident(source);
            int row = view.type(edge.source()).rowOfNumber(number);
            before = row < 0 ? 0 : view.topology(edge.id()).outgoingCount(row);
        }
        long count = before - lost + added;
        boolean few = count < edge.least();
        if (!few && (edge.most().isEmpty() || count <= edge.most().get())) {
            return;
        }
        // Breaking the bounds would tell of edges that the caller may not see.
        boolean open = delta.replacesAll()
                || access.seesAll(edge)
                        && access.seesAll(deltas.schema().type(edge.source()))
                        && access.seesAll(deltas.schema().type(edge.destination()));
        if (!open) {
            throw Denial.of(Denial.ROW);
        }
        findings.add(
                "card",
                "@card violation on edge " + edge.name() + ": source '" + source + "' has "
                        + count + " edges"
                        + (few
                                ? " (min " + edge.least() + ")"
                                : " (max " + edge.most().orElseThrow() + ")"),
                0);
    }

    /** The violation would tell who holds a value that doesn't exist for the caller or reads as another. */
    private void requireNameable(EntityType type, UniqueTuples unique) {
        Stream<String> told = Stream.concat(
                unique.members().stream().map(member -> type.property(member).name()),
                type instanceof EntityType.Node node
                        ? node.keyMembers().stream().map(Property::name)
                        : Stream.empty());
        RowAccess granted = access.access(type);
        if (told.anyMatch(
                name -> granted.denied().contains(name) || granted.masks().containsKey(name))) {
            throw Denial.of(Denial.ROW);
        }
    }

    private void requireVisible(EntityType type, int row) {
        if (!access.sees(view, type, row)) {
            throw Denial.of(Denial.ROW);
        }
    }
}
