package io.precinct.engine.merge;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeConflict;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.write.RowChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides, type after type, what the target takes over, and collects what can't be decided. One thread uses it. */
final class Agreement {
    static final int MOST_SHOWN = 100;

    private final MergeRequest request;
    private final BaseState base;
    private final List<RowChanges.OfType> changes = new ArrayList<>();
    private final List<MergeConflict> conflicts = new ArrayList<>();
    private final Set<MergeRequest.Entity> settled = new HashSet<>();
    private final Map<TypeId, Set<String>> kept = new HashMap<>();
    private long count;

    Agreement(MergeRequest request, BaseState base) {
        this.request = request;
        this.base = base;
    }

    /** What the target changes; rows are decoded as the list is walked. */
    List<RowChanges.OfType> changes() {
        return changes;
    }

    /** Ids that only the target changed since the two parted: whatever it makes of them stands. */
    Set<String> kept(TypeId type) {
        return kept.getOrDefault(type, Set.of());
    }

    List<MergeConflict> conflicts() {
        return conflicts;
    }

    long conflictCount() {
        return count;
    }

    /** @throws EngineException {@code MergeConflicts} */
    void require() {
        if (count > 0) {
            throw new EngineException(new EngineFailure.MergeConflicts(conflicts, count));
        }
    }

    /** @param apart from the target (left) to the source (right) */
    void decide(Differences apart) {
        EntityType type = apart.left().type();
        TakenRows taken = new TakenRows(apart);
        for (int at = 0; at < apart.count(); at++) {
            Optional<EntityRow> ours = apart.left(at);
            Optional<EntityRow> theirs = apart.right(at);
            RowVerdict.Base before = base.image(type, apart.id(at));
            switch (RowVerdict.of(before, theirs, ours)) {
                case RowVerdict.Keep keep ->
                    kept.computeIfAbsent(type.id(), id -> new HashSet<>()).add(apart.id(at));
                case RowVerdict.Take take -> taken.take(at);
                case RowVerdict.Conflict conflict -> {
                    Disagreement one =
                            new Disagreement(type, apart.id(at), conflict.kind(), before.known(), ours, theirs);
                    settle(one, taken, at);
                }
            }
        }
        if (!taken.isEmpty()) {
            changes.add(new RowChanges.OfType(apart.left(), taken));
        }
    }

    private record Disagreement(
            EntityType type,
            String id,
            MergeConflict.Kind kind,
            Optional<EntityRow> base,
            Optional<EntityRow> ours,
            Optional<EntityRow> theirs) {}

    private void settle(Disagreement one, TakenRows taken, int at) {
        MergeRequest.Entity entity = new MergeRequest.Entity(one.type().name(), one.id());
        MergeRequest.Resolution resolution = request.resolutions().get(entity);
        if (resolution == null) {
            switch (request.otherwise()) {
                case FAIL -> conflict(one);
                case OURS -> {}
                case THEIRS -> taken.take(at);
            }
            return;
        }
        settled.add(entity);
        switch (resolution) {
            case MergeRequest.Resolution.Ours ours -> {}
            case MergeRequest.Resolution.Theirs theirs -> taken.take(at);
            case MergeRequest.Resolution.Value value -> {
                EntityRow like = one.ours().or(one::theirs).orElseThrow();
                switch (RowImages.row(one.type(), like, value.properties())) {
                    case RowImages.Resolved.Row(EntityRow row) -> taken.set(at, row);
                    case RowImages.Resolved.Refused(String message) ->
                        throw refused(entity, "can't be what the resolution says: " + message);
                }
            }
        }
    }

    /** @throws EngineException {@code Refused} when a resolution named no conflict */
    void requireResolutionsUsed() {
        for (Map.Entry<MergeRequest.Entity, MergeRequest.Resolution> one :
                request.resolutions().entrySet()) {
            if (!settled.contains(one.getKey())) {
                throw refused(one.getKey(), "is in no conflict, and a resolution names it; look at the preview again");
            }
        }
    }

    private static EngineException refused(MergeRequest.Entity entity, String why) {
        return new EngineException(
                new EngineFailure.Refused("resolution_refused", entity.typeName() + " '" + entity.id() + "' " + why));
    }

    private void conflict(Disagreement one) {
        count++;
        if (conflicts.size() < MOST_SHOWN) {
            conflicts.add(new MergeConflict(
                    one.kind(),
                    Optional.of(one.type().name()),
                    Optional.of(one.id()),
                    one.type().name() + " '" + one.id() + "' " + words(one),
                    one.base().map(row -> RowImages.image(one.type(), row)),
                    one.ours().map(row -> RowImages.image(one.type(), row)),
                    one.theirs().map(row -> RowImages.image(one.type(), row))));
        }
    }

    private static String words(Disagreement one) {
        if (one.ours().isEmpty()) {
            return "is deleted in the target and changed in the source";
        }
        if (one.theirs().isEmpty()) {
            return "is deleted in the source and changed in the target";
        }
        return one.kind() == MergeConflict.Kind.DIVERGENT_INSERT
                ? "was inserted on both sides with different values"
                : "was changed on both sides to different values";
    }
}
