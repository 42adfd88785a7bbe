package io.precinct.engine.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.ChangesRequest;
import io.precinct.engine.CommitChanges;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.EntityChange;
import io.precinct.engine.EntityImage;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import io.precinct.engine.write.CallerAccess;
import io.precinct.engine.write.WriteTools;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * What one commit changed, entity by entity, with the images before and after as its caller sees them. Ids come from the
 * commit's own change set, or, where it was too large to keep, from comparing all rows of the type. A change of what is
 * hidden from the caller alone is no change. Types whose ids spell out a property that is masked or denied are left out.
 */
public final class CommitDiff {
    /** About so many characters of images make a page full. */
    private static final long PAGE_CHARACTERS = 4L << 20;

    private final GraphLog log;
    private final Request request;
    private final Seen before;
    private final Seen after;

    /** How the text of a property under a hashing mask reads, by the graph's seed. */
    @FunctionalInterface
    public interface Digest {
        String of(long seed, String text);
    }

    /** @param cancelled asked between blocks of rows */
    public record Request(
            Authored commit, ChangesRequest changes, AccessGate gate, Digest digest, BooleanSupplier cancelled) {}

    private CommitDiff(GraphLog log, Request request, Seen before, Seen after) {
        this.log = log;
        this.request = request;
        this.before = before;
        this.after = after;
    }

    public static CommitChanges page(GraphLog log, WriteTools tools, Request request) {
        Authored commit = request.commit();
        if (log.parent(commit).isEmpty()) {
            throw new EngineException(new EngineFailure.Refused(
                    "commit_has_no_parent",
                    "commit " + commit.commit().id() + " is the graph's first; there is nothing to compare it with"));
        }
        try (GraphView before = tools.views().of(log.before(commit));
                GraphView after = tools.views().of(log.at(commit))) {
            return new CommitDiff(
                            log,
                            request,
                            new Seen(before, new CallerAccess(request.gate(), tools.rules()), request.digest()),
                            new Seen(after, new CallerAccess(request.gate(), tools.rules()), request.digest()))
                    .page();
        }
    }

    private CommitChanges page() {
        PageToken from = request.changes()
                .after()
                .map(token -> PageToken.read(token, binding()))
                .orElse(PageToken.START);
        List<EntityChange> page = new ArrayList<>();
        long characters = 0;
        for (EntityType type : types()) {
            if (!wanted(type) || !later(type, from)) {
                continue;
            }
            for (String id : ids(type.id())) {
                if (from.precedes(type, id)) {
                    Optional<EntityChange> change = change(type, id);
                    if (change.isPresent()) {
                        if (page.size() == request.changes().limit() || characters > PAGE_CHARACTERS) {
                            EntityChange last = page.getLast();
                            return new CommitChanges(
                                    request.commit().commit(),
                                    page,
                                    Optional.of(new PageToken(
                                                    last.kind() == EntityChange.Kind.EDGE,
                                                    last.typeId(),
                                                    last.entityId())
                                            .text(binding())));
                        }
                        page.add(change.get());
                        characters += size(change.get());
                    }
                }
            }
        }
        return new CommitChanges(request.commit().commit(), page, Optional.empty());
    }

    /** Of both states, as they are after where they are in both; nodes first. */
    private List<EntityType> types() {
        List<EntityType> all = new ArrayList<>(after.schema().types());
        before.schema().types().stream()
                .filter(type -> all.stream().noneMatch(known -> known.id().equals(type.id())))
                .forEach(all::add);
        all.sort((one, other) -> edge(one) == edge(other)
                ? Integer.compare(one.id().value(), other.id().value())
                : Boolean.compare(edge(one), edge(other)));
        return all;
    }

    private static boolean edge(EntityType type) {
        return type instanceof EntityType.Edge;
    }

    private static boolean later(EntityType type, PageToken from) {
        return edge(type) == from.edge() ? type.id().value() >= from.type() : edge(type);
    }

    private boolean wanted(EntityType type) {
        ChangesRequest changes = request.changes();
        EntityChange.Kind kind = edge(type) ? EntityChange.Kind.EDGE : EntityChange.Kind.NODE;
        return (changes.kinds().isEmpty() || changes.kinds().contains(kind))
                && (changes.types().isEmpty() || changes.types().contains(type.name()));
    }

    private SortedSet<String> ids(TypeId type) {
        ChangeSet set = request.commit().changes().get(type);
        SortedSet<String> ids = new TreeSet<>();
        if (set == null || set.isEmpty()) {
            return ids;
        }
        if (set.complete()) {
            ids.addAll(set.inserted());
            ids.addAll(set.updated());
            ids.addAll(set.deleted());
            return ids;
        }
        ids.addAll(compared(type));
        for (Authored companion : log.companions(request.commit())) {
            ChangeSet others = companion.changes().get(type);
            if (others != null) {
                List.of(others.inserted(), others.updated(), others.deleted()).forEach(ids::removeAll);
            }
        }
        return ids;
    }

    private Set<String> compared(TypeId type) {
        boolean was = before.view().snapshot().types().containsKey(type);
        boolean is = after.view().snapshot().types().containsKey(type);
        Set<String> ids = new TreeSet<>();
        if (was && is) {
            Differences apart =
                    Differences.of(before.view().type(type), after.view().type(type), request.cancelled());
            if (request.cancelled().getAsBoolean()) {
                throw new EngineException(new EngineFailure.Interrupted(false));
            }
            for (int at = 0; at < apart.count(); at++) {
                ids.add(apart.id(at));
            }
        } else {
            TypeView rows = (is ? after : before).view().type(type);
            for (int row = 0; row < rows.rows(); row++) {
                if (rows.live(row)) {
                    ids.add(rows.id(row));
                }
            }
        }
        return ids;
    }

    private Optional<EntityChange> change(EntityType type, String id) {
        Optional<EntityImage> was = before.image(type.id(), id);
        Optional<EntityImage> is = after.image(type.id(), id);
        if (was.equals(is)) {
            return Optional.empty();
        }
        EntityChange.Operation operation = was.isEmpty()
                ? EntityChange.Operation.INSERT
                : is.isEmpty() ? EntityChange.Operation.DELETE : EntityChange.Operation.UPDATE;
        if (!request.changes().operations().isEmpty()
                && !request.changes().operations().contains(operation)) {
            return Optional.empty();
        }
        return Optional.of(new EntityChange(
                edge(type) ? EntityChange.Kind.EDGE : EntityChange.Kind.NODE,
                type.name(),
                type.id().value(),
                id,
                operation,
                was,
                is));
    }

    private static long size(EntityChange change) {
        return change.before().map(CommitDiff::size).orElse(0L)
                + change.after().map(CommitDiff::size).orElse(0L);
    }

    private static long size(EntityImage image) {
        return image.properties().toString().length();
    }

    /** What a page token is good for: this commit with this filter. */
    private String binding() {
        ChangesRequest changes = request.changes();
        return request.commit().commit().id() + "|" + new TreeSet<>(changes.kinds()) + "|"
                + new TreeSet<>(changes.types()) + "|" + new TreeSet<>(changes.operations());
    }

    /** The last entity of a page. */
    private record PageToken(boolean edge, int type, String id) {
        static final PageToken START = new PageToken(false, -1, "");

        boolean precedes(EntityType next, String nextId) {
            return next.id().value() != type || CommitDiff.edge(next) != edge || id.compareTo(nextId) < 0;
        }

        String text(String binding) {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            (Integer.toHexString(binding.hashCode()) + ":" + (edge ? "e" : "n") + type + ":" + id)
                                    .getBytes(StandardCharsets.UTF_8));
        }

        static PageToken read(String token, String binding) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).split(":", 3);
                if (parts.length == 3 && parts[0].equals(Integer.toHexString(binding.hashCode()))) {
                    return new PageToken(parts[1].charAt(0) == 'e', Integer.parseInt(parts[1].substring(1)), parts[2]);
                }
            } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
                throw rejected();
            }
            throw rejected();
        }

        private static EngineException rejected() {
            return new EngineException(new EngineFailure.Invalid(List.of(new Diagnostic(
                    "page_token",
                    Diagnostic.Severity.ERROR,
                    "this page token is not of this commit and filter; begin without one",
                    Optional.empty(),
                    0))));
        }
    }

    /** One state with the caller's eyes. */
    private record Seen(GraphView view, CallerAccess access, Digest digest) {
        Schema schema() {
            return view.snapshot().schema();
        }

        Optional<EntityImage> image(TypeId id, String entity) {
            if (!view.snapshot().types().containsKey(id)) {
                return Optional.empty();
            }
            EntityType type = schema().type(id);
            if (!shown(type)) {
                return Optional.empty();
            }
            TypeView rows = view.type(id);
            int row = rows.rowOf(entity);
            return row < 0 || !access.sees(view, type, row)
                    ? Optional.empty()
                    : Optional.of(image(type, rows.row(row)));
        }

        private boolean shown(EntityType type) {
            return switch (type) {
                case EntityType.Node node ->
                    access.access(node).granted()
                            && node.keyMembers().stream()
                                    .noneMatch(key -> access.access(node)
                                                    .denied()
                                                    .contains(key.name())
                                            || access.access(node).masks().containsKey(key.name()));
                case EntityType.Edge edge ->
                    access.access(edge).granted()
                            && shown(schema().node(edge.source()))
                            && shown(schema().node(edge.destination()));
            };
        }

        private EntityImage image(EntityType type, EntityRow row) {
            ObjectNode properties = JsonNodeFactory.instance.objectNode();
            for (int at = 0; at < type.properties().size(); at++) {
                Property property = type.properties().get(at);
                if (property.type().scalar() != Scalar.BLOB
                        && !access.access(type).denied().contains(property.name())) {
                    Optional<Object> value = row.value(at);
                    Optional<Mask.Kind> mask = access.mask(type, property, row);
                    if (mask.isPresent()) {
                        properties.set(property.name(), masked(mask.get(), value));
                    } else {
                        properties.set(property.name(), RowImages.json(property, value));
                    }
                }
            }
            return new EntityImage(
                    properties, row.ends().map(ends -> new EntityImage.Ends(ends.source(), ends.destination())));
        }

        private JsonNode masked(Mask.Kind mask, Optional<Object> value) {
            return switch (mask) {
                case NULL -> JsonNodeFactory.instance.nullNode();
                case HASH ->
                    value.orElse(null) instanceof String text
                            ? JsonNodeFactory.instance.textNode(
                                    digest.of(view.snapshot().numbers().seed(), text))
                            : JsonNodeFactory.instance.nullNode();
            };
        }
    }
}
