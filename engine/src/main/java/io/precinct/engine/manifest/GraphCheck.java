package io.precinct.engine.manifest;

import io.precinct.engine.EngineException;
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
    private static final int MOST_RUNS = 4;

    private final ObjectStore store;
    private final TableStore tables;
    private final StreamLog<RefsState> refs;
    private final Function<StreamId, BranchStream> streams;
    private final BooleanSupplier cancelled;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<Pin> pins = new LinkedHashSet<>();
    private long fenced;
    private long records;
    private long checkpoints;
    private long versions;

    record Parts(
            ObjectStore store,
            TableStore tables,
            StreamLog<RefsState> refs,
            Function<StreamId, BranchStream> streams) {}

    private GraphCheck(Parts parts, BooleanSupplier cancelled) {
        this.store = parts.store();
        this.tables = parts.tables();
        this.refs = parts.refs();
        this.streams = parts.streams();
        this.cancelled = cancelled;
    }

    /** What a collection takes meanwhile is no damage: after one, everything is looked at again. */
    static VerifyReport run(Parts parts, BooleanSupplier cancelled) {
        for (int run = 1; ; run++) {
            GraphCheck check = new GraphCheck(parts, cancelled);
            VerifyReport report = check.run();
            if (report.findings().isEmpty() || run == MOST_RUNS || !check.isOvertaken()) {
                return report;
            }
        }
    }

    /** Whether the list of branches has a later fence by now than the one that was looked at. */
    private boolean isOvertaken() {
        try {
            return refs.refresh().map(RefsState::fenced).orElse(0L) > fenced;
        } catch (EngineException damaged) {
            // That is among the findings.
            return false;
        }
    }

    VerifyReport run() {
        StreamCheck<RefsState> list = new StreamCheck<>(
                store,
                refs,
                RefsState.machine(),
                (made, kept) -> made.digest().equals(kept.digest())
                        && made.live().equals(kept.live())
                        && made.tags().equals(kept.tags())
                        && made.streams().equals(kept.streams())
                        && made.floors().equals(kept.floors())
                        && made.fenced() == kept.fenced());
        // Behind a damaged record nothing more is known of the list than what was made out before it.
        Optional<RefsState> known = list.run(1, state -> {}, cancelled);
        fenced = known.map(RefsState::fenced).orElse(0L);
        add(list);
        for (StreamId id : known.map(RefsState::streams).orElse(List.of())) {
            BranchStream stream = streams.apply(id);
            StreamCheck<StreamState> check =
                    new StreamCheck<>(store, stream.log(), stream.machine(), GraphCheck::sameState);
            check.run(
                    known.orElseThrow().floor(id),
                    state -> state.types().values().forEach(type -> pins.add(type.pin())),
                    cancelled);
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
