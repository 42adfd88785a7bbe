package io.precinct.engine.upkeep;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.Provenance;
import io.precinct.engine.manifest.Composer;
import io.precinct.engine.manifest.Footprint;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Folds the overlays of a branch and merges its small or half-deleted fragments, as one commit that changes no content.
 * It relies on nothing, so no writer stands against it; a writer that moved a dataset meanwhile makes it prepare again,
 * and then what was rewritten from fragments that are still the same is used again. A second run does and writes
 * nothing. Used by one thread.
 */
public final class Compact implements WriteAttempt {
    private final TableStore tables;
    private final Composer composer;
    private final TableStore.CompactionLimits limits;
    private final Provenance by;
    private final BooleanSupplier cancelled;
    private final Map<TypeId, TableStore.Compaction> rewritten = new HashMap<>();
    private List<UpkeepReport.OfType> types = List.of();
    private boolean complete = true;

    public Compact(TableStore tables, TableStore.CompactionLimits limits, Provenance by, BooleanSupplier cancelled) {
        this.tables = tables;
        this.composer = new Composer(tables);
        this.limits = limits;
        this.by = by;
        this.cancelled = cancelled;
    }

    @Override
    public WhenRefused whenRefused() {
        return WhenRefused.PREPARE_AGAIN;
    }

    @Override
    public void discard() {
        rewritten.clear();
    }

    @Override
    public boolean startsOnNewest() {
        return true;
    }

    /** What the last preparation did, with the commit that published it. */
    public UpkeepReport report(Optional<CommitInfo> commit) {
        return new UpkeepReport(commit, types, complete);
    }

    @Override
    public Prepared prepare(Snapshot base) {
        Map<TypeId, TypeWrite> writes = new HashMap<>();
        List<UpkeepReport.OfType> done = new ArrayList<>();
        complete = true;
        for (EntityType type : base.schema().types()) {
            TypeSnapshot state = base.type(type.id());
            if (cancelled.getAsBoolean()) {
                complete = false;
                done.add(new UpkeepReport.OfType(
                        type.name(),
                        UpkeepReport.Action.SKIPPED,
                        0,
                        state.pin().fragments(),
                        state.pin().fragments(),
                        "the run was cancelled"));
                continue;
            }
            done.add(one(base, state, writes));
        }
        types = done;
        return new Prepared(base, CommitInfo.Kind.UPKEEP, by, writes, Map.of(), Footprint.NONE);
    }

    private UpkeepReport.OfType one(Snapshot base, TypeSnapshot state, Map<TypeId, TypeWrite> writes) {
        TypeId type = state.type().id();
        Pin folded = composer.fold(state, base.sequence())
                .map(Composer.Detached::pin)
                .orElse(state.pin());
        Pin compacted = compacted(type, folded);
        if (compacted.equals(state.pin())) {
            return new UpkeepReport.OfType(
                    state.type().name(),
                    UpkeepReport.Action.NOTHING,
                    0,
                    state.pin().fragments(),
                    state.pin().fragments(),
                    "nothing to fold and no fragments worth merging");
        }
        writes.put(type, new TypeWrite.Repin(compacted, base.sequence(), state.pin()));
        boolean merged = !compacted.equals(folded);
        int rows = state.overlay().entries().size();
        return new UpkeepReport.OfType(
                state.type().name(),
                merged ? UpkeepReport.Action.COMPACTED : UpkeepReport.Action.FOLDED,
                rows,
                state.pin().fragments(),
                compacted.fragments(),
                (rows > 0 ? "folded " + rows + " inline rows" : "no inline rows")
                        + (merged
                                ? ", merged " + folded.fragments() + " fragments into " + compacted.fragments()
                                : ", no fragments worth merging"));
    }

    /** What was rewritten for an earlier preparation first; a rest that is worth it after that. */
    private Pin compacted(TypeId type, Pin pin) {
        Pin now = pin;
        TableStore.Compaction earlier = rewritten.get(type);
        if (earlier != null) {
            now = tables.commitCompaction(now, earlier).orElse(now);
            if (!now.equals(pin)) {
                return now;
            }
        }
        Optional<TableStore.Compaction> fresh = tables.compact(now, limits, cancelled);
        if (fresh.isEmpty()) {
            return now;
        }
        rewritten.put(type, fresh.get());
        return tables.commitCompaction(now, fresh.get()).orElse(now);
    }
}
