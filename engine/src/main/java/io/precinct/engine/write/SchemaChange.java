package io.precinct.engine.write;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.Footprint;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.SchemaPlan;
import io.precinct.engine.schema.SchemaPlanner;
import io.precinct.engine.schema.SchemaStep;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A new schema on its way into a commit of one branch; other branches keep theirs. Planned anew on every base, so that
 * what was published meanwhile is planned and judged too. Writers under the old schema land before it or are refused
 * by it. Data is written only where it must be:
 *
 * <ul>
 *   <li>names, documentation, constraints, wider enums, relaxed nullability: nothing is written;
 *   <li>a new nullable property adds a column that no row was written to, a soft drop leaves one behind that no row is
 *       read from: no row is read or written, and writers of the type don't stand against it;
 *   <li>wider numbers, backfills and hard drops write the type's entities into a new dataset; a writer of the type that
 *       lands meanwhile makes it prepare again, and one that always does wins: the change fails with
 *       {@code ReadSetChanged}. So it is with what demands something of the entities that exist.
 * </ul>
 *
 * <p>Errors: {@code Invalid} with the plan's refusals or with what the data breaks. Prepared by one thread at a time.
 */
public final class SchemaChange implements WriteAttempt {
    private static final Footprint.OfType WHOLE = new Footprint.OfType(true, Set.of(), Set.of(), Set.of(), Set.of());

    private final WriteTools tools;
    private final Request request;
    private volatile Optional<SchemaPlan> plan = Optional.empty();

    /** {@code cancelled} is asked between batches of rows. */
    public record Request(
            String source,
            SchemaStep.DropMode drops,
            AccessGate gate,
            Provenance provenance,
            BooleanSupplier cancelled) {}

    public SchemaChange(WriteTools tools, Request request) {
        this.tools = tools;
        this.request = request;
    }

    @Override
    public WhenRefused whenRefused() {
        return WhenRefused.PREPARE_AGAIN;
    }

    @Override
    public boolean startsOnNewest() {
        return true;
    }

    @Override
    public WriteTerms terms() {
        return request.provenance().terms();
    }

    /** Of the last preparation. */
    public SchemaPlan plan() {
        return plan.orElseThrow(() -> new IllegalStateException("nothing was prepared"));
    }

    @Override
    public void discard() {
        // Every preparation makes its own datasets.
    }

    @Override
    public Prepared prepare(Snapshot base) {
        SchemaPlan planned = SchemaPlanner.plan(base.schema(), request.source(), request.drops());
        plan = Optional.of(planned);
        if (planned.isEmpty()) {
            return new Prepared(base, CommitInfo.Kind.SCHEMA, request.provenance(), Map.of(), Map.of(), Footprint.NONE);
        }
        planned.requireSupported();
        Map<TypeId, RowMapping> mappings = new HashMap<>();
        Map<TypeId, Footprint.OfType> relied = new HashMap<>();
        Map<TypeId, TypeWrite> writes = new HashMap<>();
        try (GraphView view = tools.views().of(base)) {
            SchemaJudge judge = new SchemaJudge(
                    view,
                    new CallerAccess(request.gate(), tools.rules()),
                    new IdBudget(tools.loads().idBytes()));
            for (EntityType after : planned.desired().types()) {
                TypeSnapshot before = base.types().get(after.id());
                if (before != null && !before.type().equals(after)) {
                    RowMapping mapping = new RowMapping(before.type(), after, planned.backfills());
                    mappings.put(after.id(), mapping);
                    if (judge.check(before.type(), mapping)) {
                        relied.put(after.id(), WHOLE);
                    }
                }
            }
            judge.throwIfAny();
            for (EntityType after : planned.desired().types()) {
                RowMapping mapping = mappings.get(after.id());
                if (!base.types().containsKey(after.id())) {
                    Pin pin = created(after);
                    writes.put(after.id(), new TypeWrite.Repin(pin, base.sequence(), pin));
                } else if (mapping != null) {
                    TypeSnapshot before = base.type(after.id());
                    if (mapping.changesStoredValues() || hardDrop(before.type(), after)) {
                        relied.put(after.id(), WHOLE);
                        Pin pin = rewritten(view.type(after.id()), before, mapping);
                        writes.put(after.id(), new TypeWrite.Repin(pin, base.sequence(), before.pin()));
                    } else if (!columns(before.type()).equals(columns(after))) {
                        Pin pin = tools.tables().widen(before.pin(), columns(after));
                        if (!pin.equals(before.pin())) {
                            writes.put(after.id(), new TypeWrite.Repin(pin, before.foldedThrough(), before.pin()));
                        }
                    }
                }
            }
        }
        return new Prepared(
                base,
                CommitInfo.Kind.SCHEMA,
                request.provenance(),
                writes,
                Map.of(),
                new Footprint(relied),
                Optional.empty(),
                Optional.of(planned.desired()));
    }

    private boolean hardDrop(EntityType before, EntityType after) {
        return request.drops() == SchemaStep.DropMode.HARD
                && before.properties().stream()
                        .anyMatch(p -> after.properties().stream().noneMatch(q -> q.id().equals(p.id())));
    }

    private static Schema columns(EntityType type) {
        return TypeLayout.arrowSchema(type);
    }

    /** A path of its own for every preparation: one that loses can never be taken for the one that won. */
    private Pin created(EntityType type) {
        return tools.tables().create("t" + type.id().value(), columns(type));
    }

    private Pin rewritten(TypeView rows, TypeSnapshot before, RowMapping mapping) {
        Pin empty = created(mapping.after());
        List<TableStore.Staged> staged = new ArrayList<>();
        try (BufferAllocator allocator =
                        tools.tables().allocator().newChildAllocator("schema change", 0, Long.MAX_VALUE);
                ArrowRows batch = new ArrowRows(mapping.after(), allocator)) {
            for (int row = 0; row < rows.rows(); row++) {
                if (rows.live(row)) {
                    batch.add(mapping.of(rows.row(row)));
                }
                if (batch.full()) {
                    if (request.cancelled().getAsBoolean()) {
                        throw new EngineException(new EngineFailure.Interrupted(false));
                    }
                    staged.add(batch.stage(tools.tables(), empty));
                }
            }
            if (batch.rows() > 0) {
                staged.add(batch.stage(tools.tables(), empty));
            }
        }
        Pin pin = tools.tables().append(empty, staged);
        if (pin.rows() != before.count()) {
            throw new EngineException(new EngineFailure.Corrupt(
                    before.pin().dataset(),
                    "the rewritten dataset has " + pin.rows() + " rows and not " + before.count()));
        }
        return pin;
    }
}
