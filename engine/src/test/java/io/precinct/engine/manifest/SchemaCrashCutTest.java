package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.query.RowRules;
import io.precinct.engine.schema.SchemaStep;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.InMemoryObjectStore.Fault;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import io.precinct.engine.view.Views;
import io.precinct.engine.write.SchemaChange;
import io.precinct.engine.write.WriteTools;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The process dies after each write of a schema change in turn; the next one finds the schema before or after. */
class SchemaCrashCutTest {
    @TempDir
    private Path directory;

    enum Change {
        METADATA("node Thing @rename_from(\"Item\") { name: String @key  value: I64 @index }"),
        NEW_COLUMN("node Item { name: String @key  value: I64  note: String? }"),
        SOFT_DROP_AND_COLUMN("node Item { name: String @key  other: I64? }"),
        REWRITE("node Item { name: String @key  value: I64  on: Bool @backfill(true) }"),
        NEW_TYPES("node Item { name: String @key  value: I64 } node Other { } edge Has: Item -> Other { a: Date? }");

        private final String source;

        Change(String source) {
            this.source = source;
        }
    }

    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static WriteAttempt change(Views views, TableStore tables, String source) {
        WriteTools tools =
                new WriteTools(views, tables, () -> "0".repeat(26), (type, rule) -> RowRules.bind(rule, type));
        return new SchemaChange(
                tools,
                new SchemaChange.Request(
                        source, SchemaStep.DropMode.SOFT, AccessGate.UNRESTRICTED, LogRig.BY, () -> false));
    }

    /** The schema's hash and every row, as the views decode them. */
    private static String state(LogRig rig, GraphLog log) {
        Snapshot snapshot = log.head(BranchName.MAIN);
        Map<String, String> rows = new TreeMap<>();
        try (Views views = new DecodedViews(rig.tables, 64 << 20);
                GraphView view = views.of(snapshot)) {
            snapshot.schema().types().forEach(type -> {
                TypeView of = view.type(type.id());
                for (int row = 0; row < of.rows(); row++) {
                    if (of.live(row)) {
                        rows.put(type.name() + " " + of.id(row), of.row(row).toString());
                    }
                }
            });
        }
        return snapshot.schema().hash() + rows;
    }

    @ParameterizedTest
    @EnumSource
    void isBeforeOrAfterWhereverTheProcessDies(Change change) {
        int cuts = 0;
        for (Fault last : new Fault[] {Fault.UNAVAILABLE_BEFORE, Fault.IN_DOUBT_AFTER}) {
            boolean survived = false;
            for (int writes = 0; !survived; writes++) {
                survived = survives(change, writes, last, directory.resolve(last + "-" + writes));
                cuts++;
            }
        }
        assertThat(cuts).as("cuts, the two runs that end included").isGreaterThanOrEqualTo(4);
    }

    private static boolean survives(Change change, int allowed, Fault last, Path root) {
        try (LogRig rig = new LogRig(root)) {
            String before;
            try (GraphLog log = rig.create()) {
                rig.commit(log, rig.put(Map.of("a", Optional.of(1L)), LogRig.Form.FRAGMENTS));
                rig.commit(log, rig.put("b", 2));
                before = state(rig, log);
            }
            AtomicInteger done = new AtomicInteger();
            TableStore tables = new HookedTables(rig.tables, write -> {
                if (done.getAndIncrement() >= allowed) {
                    throw new Death();
                }
            });
            rig.objects.faults(request -> {
                boolean writing =
                        request.operation() == Operation.PUT || request.operation() == Operation.PUT_IF_ABSENT;
                if (!writing) {
                    return done.get() > allowed ? Optional.of(Fault.UNAVAILABLE_BEFORE) : Optional.empty();
                }
                int number = done.getAndIncrement();
                if (number < allowed) {
                    return Optional.empty();
                }
                return Optional.of(number == allowed ? last : Fault.UNAVAILABLE_BEFORE);
            });
            Optional<RuntimeException> failure = Optional.empty();
            try (Views views = new DecodedViews(tables, 64 << 20);
                    GraphLog log = rig.open(rig.objects, tables)) {
                log.commit(BranchName.MAIN, change(views, tables, change.source), AccessGate.UNRESTRICTED);
            } catch (EngineException | StoreException | Death death) {
                failure = Optional.of(death);
            }
            boolean died = done.get() > allowed;
            rig.objects.faults(request -> Optional.empty());
            String place = change + " cut after " + allowed + " writes by " + last + ", which gave " + failure;
            try (Views views = new DecodedViews(rig.tables, 64 << 20);
                    GraphLog log = rig.open()) {
                String after = state(rig, log);
                boolean landed = !after.equals(before);
                // The change can be asked for again: it does nothing when it landed, and lands when it didn't.
                Optional<GraphLog.Committed> again =
                        log.commit(BranchName.MAIN, change(views, rig.tables, change.source), AccessGate.UNRESTRICTED);
                assertThat(again.isEmpty()).as(place).isEqualTo(landed);
                assertThat(landed || failure.isPresent()).as(place).isTrue();
                String whole = state(rig, log);
                assertThat(whole.replaceFirst("^sha256:[0-9a-f]*", ""))
                        .as(place)
                        .isEqualTo(expected(change));
                if (landed) {
                    assertThat(after).as(place).isEqualTo(whole);
                }
            }
            return !died;
        }
    }

    private static String expected(Change change) {
        return switch (change) {
            case METADATA -> "{Thing a=a[a, 1], Thing b=b[b, 2]}";
            case NEW_COLUMN -> "{Item a=a[a, 1, null], Item b=b[b, 2, null]}";
            case SOFT_DROP_AND_COLUMN -> "{Item a=a[a, null], Item b=b[b, null]}";
            case REWRITE -> "{Item a=a[a, 1, true], Item b=b[b, 2, true]}";
            case NEW_TYPES -> "{Item a=a[a, 1], Item b=b[b, 2]}";
        };
    }
}
