package io.precinct.engine.manifest;

import io.precinct.engine.VerifyReport;
import io.precinct.engine.VerifyReport.Finding;
import io.precinct.engine.VerifyReport.Kind;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Looks at everything that a graph's records name, from the store; only schemas may be remembered ones. */
final class GraphCheck {
    private final ObjectStore store;
    private final TableStore tables;
    private final StreamLog<RefsState> refs;
    private final Function<StreamId, BranchStream> streams;
    private final BooleanSupplier cancelled;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<Pin> pins = new LinkedHashSet<>();
    private long records;
    private long checkpoints;
    private long versions;

    GraphCheck(
            ObjectStore store,
            TableStore tables,
            StreamLog<RefsState> refs,
            Function<StreamId, BranchStream> streams,
            BooleanSupplier cancelled) {
        this.store = store;
        this.tables = tables;
        this.refs = refs;
        this.streams = streams;
        this.cancelled = cancelled;
    }

    VerifyReport run() {
        StreamCheck<RefsState> list = new StreamCheck<>(
                store,
                refs,
                RefsState.machine(),
                (made, kept) -> made.digest().equals(kept.digest())
                        && made.live().equals(kept.live())
                        && made.tags().equals(kept.tags())
                        && made.streams().equals(kept.streams()));
        // Behind a damaged record nothing more is known of the list than what was made out before it.
        Set<StreamId> known = new LinkedHashSet<>();
        list.run(state -> known.addAll(state.streams()), cancelled);
        add(list);
        for (StreamId id : known) {
            BranchStream stream = streams.apply(id);
            StreamCheck<StreamState> check =
                    new StreamCheck<>(store, stream.log(), stream.machine(), GraphCheck::sameState);
            check.run(state -> state.types().values().forEach(type -> pins.add(type.pin())), cancelled);
            add(check);
        }
        for (Pin pin : pins) {
            if (cancelled.getAsBoolean()) {
                break;
            }
            versions++;
            for (TableStore.Damage damage : tables.damage(pin)) {
                findings.add(new Finding(
                        damage.missing() ? Kind.FILE_MISSING : Kind.FILE_DAMAGED, damage.file(), damage.detail()));
            }
        }
        List<Finding> distinct = List.copyOf(new LinkedHashSet<>(findings));
        return new VerifyReport(records, checkpoints, versions, !cancelled.getAsBoolean(), distinct);
    }

    private void add(StreamCheck<?> check) {
        findings.addAll(check.findings());
        records += check.records();
        checkpoints += check.checkpoints();
    }

    private static boolean sameState(StreamState made, StreamState kept) {
        return made.digest().equals(kept.digest())
                && made.head().equals(kept.head())
                && made.schema().hash().equals(kept.schema().hash())
                && made.terminal() == kept.terminal()
                && made.types().keySet().equals(kept.types().keySet())
                && made.types().entrySet().stream()
                        .allMatch(type -> sameType(
                                type.getValue(), Optional.of(kept.types().get(type.getKey()))));
    }

    private static boolean sameType(StreamState.TypeState made, Optional<StreamState.TypeState> kept) {
        return kept.filter(other -> made.pin().equals(other.pin())
                        && made.foldedThrough() == other.foldedThrough()
                        && made.overlay()
                                .entries()
                                .keySet()
                                .equals(other.overlay().entries().keySet()))
                .isPresent();
    }
}
