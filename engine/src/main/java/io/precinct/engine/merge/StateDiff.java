package io.precinct.engine.merge;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.view.GraphView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * How two states of one graph differ, by type, for types that both have. Ids that may differ are taken from the overlays
 * where both stand on one pin, else from what the commits since the two histories parted say they changed; only where
 * those don't say it all, every row is compared. All three ways give the same. One thread uses it.
 */
final class StateDiff {
    /** Beyond either, reading the commits costs more than comparing the rows. */
    private static final int MOST_COMMITS = 20_000;

    private static final int MOST_IDS = 500_000;

    private final GraphLog log;
    private final GraphView left;
    private final GraphView right;
    private final BooleanSupplier cancelled;
    private Optional<Map<TypeId, Changed>> changed = Optional.empty();

    /** Ids that commits changed in one type; not all of them when incomplete. */
    private static final class Changed {
        final Set<String> ids = new HashSet<>();
        boolean complete = true;
    }

    StateDiff(GraphLog log, GraphView left, GraphView right, BooleanSupplier cancelled) {
        this.log = log;
        this.left = left;
        this.right = right;
        this.cancelled = cancelled;
    }

    Differences of(TypeId type) {
        TypeSnapshot before = left.snapshot().type(type);
        TypeSnapshot after = right.snapshot().type(type);
        boolean alike = before.type().properties().equals(after.type().properties());
        if (alike && before.pin().equals(after.pin())) {
            return Differences.among(left.type(type), right.type(type), apart(before.overlay(), after.overlay()));
        }
        Changed commits = alike ? changed().get(type) : new Changed();
        if (alike && commits == null) {
            return Differences.among(left.type(type), right.type(type), Set.of());
        }
        return alike && commits.complete
                ? Differences.among(left.type(type), right.type(type), commits.ids)
                : Differences.of(left.type(type), right.type(type), cancelled);
    }

    private static Set<String> apart(Overlay left, Overlay right) {
        Set<String> ids = new HashSet<>();
        if (left == right) {
            return ids;
        }
        left.entries().forEach((id, entry) -> {
            if (!entry.equals(right.entries().get(id))) {
                ids.add(id);
            }
        });
        right.entries().forEach((id, entry) -> {
            if (!left.entries().containsKey(id)) {
                ids.add(id);
            }
        });
        return ids;
    }

    /** What the commits of either history changed since the commit where their first parents meet. */
    private Map<TypeId, Changed> changed() {
        return changed.orElseGet(() -> {
            Map<TypeId, Changed> types = new HashMap<>();
            Optional<Authored> one = Optional.of(log.newest(left.snapshot()));
            Optional<Authored> other = Optional.of(log.newest(right.snapshot()));
            int commits = 0;
            while (!id(one).equals(id(other)) && commits++ < MOST_COMMITS) {
                // Generations, where they are known, tell which of the two can't be an ancestor of the other.
                boolean first = other.isEmpty() || one.isPresent() && height(one.get()) >= height(other.get());
                Authored newer = (first ? one : other).orElseThrow();
                newer.changes().forEach((type, change) -> add(types, type, change));
                try {
                    if (first) {
                        one = log.parent(newer);
                    } else {
                        other = log.parent(newer);
                    }
                } catch (EngineException gone) {
                    if (!(gone.failure() instanceof EngineFailure.HistoryReclaimed)) {
                        throw gone;
                    }
                    // Where they part is before the history that is kept: the rows tell.
                    break;
                }
            }
            if (!id(one).equals(id(other))) {
                left.snapshot()
                        .types()
                        .keySet()
                        .forEach(type -> types.computeIfAbsent(type, t -> new Changed()).complete = false);
            }
            changed = Optional.of(types);
            return types;
        });
    }

    /**
     * Ids that either history changed since the two parted, whether they differ by now or not; empty for a type of which
     * that is not known. Types that neither changed are absent.
     */
    Map<TypeId, Optional<Set<String>>> touched() {
        Map<TypeId, Optional<Set<String>>> touched = new HashMap<>();
        changed()
                .forEach((type, one) ->
                        touched.put(type, one.complete ? Optional.of(Set.copyOf(one.ids)) : Optional.empty()));
        return touched;
    }

    private static Optional<String> id(Optional<Authored> commit) {
        return commit.map(one -> one.commit().id().value());
    }

    private static long height(Authored commit) {
        return commit.commit().generation();
    }

    private static void add(Map<TypeId, Changed> types, TypeId type, ChangeSet change) {
        Changed known = types.computeIfAbsent(type, t -> new Changed());
        known.complete &= change.complete() && known.ids.size() <= MOST_IDS;
        if (known.complete) {
            known.ids.addAll(change.inserted());
            known.ids.addAll(change.updated());
            known.ids.addAll(change.deleted());
        }
    }
}
