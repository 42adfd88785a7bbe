package io.precinct.platform.run;

import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.VisibleSchema;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.RowAccess;
import io.precinct.policy.Decision;
import io.precinct.tenants.TenantUse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The part of a graph's schema that exists for the caller of one attempt, asked of the policy when it is needed. For a
 * write a type exists when it may be read or written. One thread uses it.
 */
final class CallerView implements SchemaView {
    /** Asks the policy about the attempt at hand, under an action of choice. */
    @FunctionalInterface
    interface Question {
        Ruling ask(Ready<?> about, String action);
    }

    /** The policy refuses the whole attempt, whatever types there are. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Ready<?> about;
        private final transient Ruling ruling;

        Refused(Ready<?> about, Ruling ruling) {
            super("refused", null, false, false);
            this.about = about;
            this.ruling = ruling;
        }

        Ready<?> about() {
            return about;
        }

        Ruling ruling() {
            return ruling;
        }
    }

    private final OperationKind kind;
    private final Question question;
    private final Map<String, RowAccess> granted = new HashMap<>();
    private final Map<String, RowAccess> readOnly = new HashMap<>();
    private Optional<Ruling> ruling = Optional.empty();

    CallerView(OperationKind kind, Question question) {
        this.kind = kind;
        this.question = question;
    }

    @Override
    public Seen of(Snapshot snapshot) {
        Schema schema = snapshot.schema();
        if (ruling.isEmpty()) {
            decide(snapshot);
        }
        Map<String, Set<String>> shown = new HashMap<>();
        granted.forEach((type, access) -> shown.put(type, access.denied()));
        readOnly.forEach((type, access) -> shown.merge(type, access.denied(), CallerView::both));
        Set<String> unwritable = new HashSet<>(readOnly.keySet());
        unwritable.removeAll(granted.keySet());
        return new Seen(VisibleSchema.of(schema, shown), unwritable);
    }

    private void decide(Snapshot snapshot) {
        Ready<?> all = new Ready<>(
                GraphOperation.everything(snapshot.schema()),
                Ready.Mentions.SWEPT,
                List.of(snapshot.branch()),
                Optional.empty(),
                "read",
                admitted -> null);
        Ruling answer = question.ask(all, kind.action());
        if (!answer.decision().allow() && !Hidden.refusedForTypes(answer.decision())) {
            throw new Refused(all, answer);
        }
        ruling = Optional.of(answer);
        keep(answer.decision(), granted);
        if (kind.use() == TenantUse.WRITE) {
            Ruling reading = question.ask(all, OperationKind.QUERY_RUN.action());
            if (reading.decision().outcome() == Decision.Outcome.POLICY_UNAVAILABLE) {
                throw new Refused(all, reading);
            }
            keep(reading.decision(), readOnly);
        }
    }

    private static void keep(Decision answer, Map<String, RowAccess> kept) {
        answer.obligations().types().forEach((type, access) -> {
            if (access.granted()) {
                kept.put(type, access);
            }
        });
    }

    /** A property that either the reader or the writer may name exists. */
    private static Set<String> both(Set<String> one, Set<String> other) {
        Set<String> both = new HashSet<>(one);
        both.retainAll(other);
        return both;
    }

    /** The decision about all types; empty while nothing of the schema was needed. */
    Optional<Ruling> ruling() {
        return ruling;
    }

    /** Whether some property of the type is left out. */
    boolean reduced(String type) {
        Set<String> denied = Stream.of(granted.get(type), readOnly.get(type))
                .filter(Objects::nonNull)
                .map(RowAccess::denied)
                .reduce(CallerView::both)
                .orElse(Set.of());
        return !denied.isEmpty();
    }

    /** What a writer sees of the types that it may not write. */
    Map<String, RowAccess> readable() {
        Map<String, RowAccess> readable = new HashMap<>();
        readOnly.forEach((type, access) -> {
            if (!granted.containsKey(type)) {
                readable.put(
                        type, new RowAccess(true, access.rows(), access.masks(), access.denied(), Condition.NEVER));
            }
        });
        return readable;
    }
}
