package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.schema.VisibleSchema;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.RowAccess;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the caller of one write sees and may change, bound to the graph's schema. One thread uses it. */
public final class CallerAccess {
    private final AccessGate gate;
    private final RuleBinder binder;
    private final Map<TypeId, Bound> bound = new HashMap<>();

    private record Bound(RowAccess access, RowTest rows, RowTest writes, Map<String, RowTest> shown) {}

    public CallerAccess(AccessGate gate, RuleBinder binder) {
        this.gate = gate;
        this.binder = binder;
    }

    private Bound of(EntityType type) {
        return bound.computeIfAbsent(type.id(), id -> {
            RowAccess access = gate.access(type.name());
            return access.granted()
                    ? new Bound(access, test(type, access.rows()), test(type, access.writes()), shown(type, access))
                    : new Bound(RowAccess.NONE, RowTest.NEVER, RowTest.NEVER, Map.of());
        });
    }

    private Map<String, RowTest> shown(EntityType type, RowAccess access) {
        Map<String, RowTest> shown = new HashMap<>();
        access.masks().forEach((property, mask) -> shown.put(property, test(type, mask.shownWhere())));
        return shown;
    }

    /** The mask that lies over a property of this row for the caller; empty when the true value may be read. */
    public Optional<Mask.Kind> mask(EntityType type, Property property, EntityRow row) {
        Mask mask = of(type).access().masks().get(property.name());
        return mask == null || of(type).shown().get(property.name()).test(RowValues.of(type, row))
                ? Optional.empty()
                : Optional.of(mask.kind());
    }

    private RowTest test(EntityType type, Condition rule) {
        return rule.equals(Condition.ALWAYS)
                ? RowTest.ALWAYS
                : rule.equals(Condition.NEVER) ? RowTest.NEVER : RowTest.of(binder.bind(type, rule));
    }

    /** What the gate says about the type. */
    public RowAccess access(EntityType type) {
        return of(type).access();
    }

    /** The part of the schema that exists for the caller. */
    Schema visible(Schema whole) {
        Map<String, Set<String>> shown = new HashMap<>();
        for (EntityType type : whole.types()) {
            if (access(type).granted()) {
                shown.put(type.name(), access(type).denied());
            }
        }
        return VisibleSchema.of(whole, shown);
    }

    /** Every row of the type is visible; for an edge type, every end as well. */
    boolean seesAll(EntityType type) {
        return of(type).rows() == RowTest.ALWAYS;
    }

    boolean writesAll(EntityType type) {
        return of(type).writes() == RowTest.ALWAYS;
    }

    /** The row rule alone; an edge needs both its ends visible besides. */
    boolean passesRows(EntityType type, RowValues row) {
        return of(type).rows().test(row);
    }

    boolean mayWrite(EntityType type, RowValues row) {
        return of(type).writes().test(row);
    }

    boolean mayWrite(EntityType type, EntityRow row) {
        return mayWrite(type, RowValues.of(type, row));
    }

    /** Whether a live row of the view exists for the caller. */
    public boolean sees(GraphView view, EntityType type, int row) {
        TypeView rows = view.type(type.id());
        if (!passesRows(type, RowValues.of(rows, row))) {
            return false;
        }
        return switch (type) {
            case EntityType.Node node -> true;
            case EntityType.Edge edge ->
                seesNumber(view, edge.source(), rows.sourceNumber(row))
                        && seesNumber(view, edge.destination(), rows.destinationNumber(row));
        };
    }

    private boolean seesNumber(GraphView view, TypeId node, long number) {
        EntityType type = view.snapshot().schema().type(node);
        if (seesAll(type)) {
            return true;
        }
        int row = view.type(node).rowOfNumber(number);
        return row >= 0 && sees(view, type, row);
    }

    void requireGranted(EntityType type) {
        if (!access(type).granted()) {
            throw Denial.of(Denial.TYPE);
        }
    }

    /** A property that may be assigned. */
    void requireNameable(EntityType type, Property property) {
        if (access(type).denied().contains(property.name())) {
            throw Denial.of(Denial.PROPERTY);
        }
    }

    /** A property whose true value may decide which rows are meant. */
    void requireReadable(EntityType type, Property property) {
        requireNameable(type, property);
        if (access(type).masks().containsKey(property.name())) {
            throw Denial.of(Denial.MASKED);
        }
    }
}
