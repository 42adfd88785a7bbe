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
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * What one commit changed, entity by entity, with the images before and after as its caller sees them. Ids come from the
 * commit's own change set, or, where it was too large to keep, from comparing all rows of the type. A change of what is
 * hidden from the caller alone is no change. Holds a bounded number of ids at a time, however many changed. Types whose ids spell out a property that is masked or denied are left out.
 */
public final class CommitDiff {
    /** About so many characters of images make a page full. */
    private static final long PAGE_CHARACTERS = 4L << 20;

    /** So many ids are held where all rows of a type have to be compared. */
    private static final int IDS_AT_ONCE = 65_536;

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

    /** One page; its token is good for this commit and filter. */
    public static CommitChanges page(GraphLog log, WriteTools tools, Request request) {
        Authored commit = request.commit();
        requireParent(log, commit);
        String binding = binding(request);
        Part part = part(
                log,
                tools,
                request,
                new Extent(
                        request.changes().after().map(token -> read(token, binding)),
                        request.changes().limit(),
                        PAGE_CHARACTERS));
        return new CommitChanges(commit.commit(), part.changes(), part.next().map(place -> token(place, binding)));
    }

    private static void requireParent(GraphLog log, Authored commit) {
        if (log.parent(commit).isEmpty()) {
            throw new EngineException(new EngineFailure.Refused(
                    "commit_has_no_parent",
                    "commit " + commit.commit().id() + " is the graph's first; there is nothing to compare it with"));
        }
    }

    /**
     * How much of a commit's changes is wanted.
     *
     * @param from where the part before ended
     * @param most changes
     * @param characters of images that make a part full; one change is given whatever its size
     */
    public record Extent(Optional<DiffPlace> from, int most, long characters) {}

    /** @param next where it ended, when there is more */
    public record Part(List<EntityChange> changes, long characters, Optional<DiffPlace> next) {
        public Part {
            changes = List.copyOf(changes);
        }
    }

    /** A part of what a commit with a parent changed, in the order of pages; the request's own place and limit don't count. */
    public static Part part(GraphLog log, WriteTools tools, Request request, Extent extent) {
        Authored commit = request.commit();
        try (GraphView before = tools.views().of(log.before(commit));
                GraphView after = tools.views().of(log.at(commit))) {
            Boundary.require(
                    before.snapshot().schema(),
                    after.snapshot().schema(),
                    commit.commit().id());
            return new CommitDiff(
                            log,
                            request,
                            new Seen(before, new CallerAccess(request.gate(), tools.rules()), request.digest()),
                            new Seen(after, new CallerAccess(request.gate(), tools.rules()), request.digest()))
                    .part(extent);
        }
    }

    private Part part(Extent extent) {
        List<EntityChange> page = new ArrayList<>();
        long characters = 0;
        for (EntityType type : types()) {
            if (!wanted(type)
                    || !extent.from()
                            .map(from -> from.reaches(edge(type), type.id()))
                            .orElse(true)) {
                continue;
            }
            Optional<DiffPlace> from = extent.from().filter(place -> place.isOf(edge(type), type.id()));
            Ids ids = new Ids(type.id(), from);
            for (Optional<String> id = ids.next(); id.isPresent(); id = ids.next()) {
                Optional<EntityChange> change = change(type, id.get());
                if (change.isPresent()) {
                    if (page.size() >= extent.most() || !page.isEmpty() && characters > extent.characters()) {
                        return new Part(page, characters, Optional.of(DiffPlace.of(page.getLast())));
                    }
                    page.add(change.get());
                    characters += size(change.get());
                }
            }
        }
        return new Part(page, characters, Optional.empty());
    }

    /** Ids of a type that the commit may have changed, ascending, a bounded number at a time. */
    private final class Ids {
        private final TypeId type;
        private final Set<String> others = new HashSet<>();
        private Optional<DiffPlace> from;
        private Optional<String> last = Optional.empty();
        private Iterator<String> chunk = Collections.emptyIterator();
        private boolean more;

        Ids(TypeId type, Optional<DiffPlace> from) {
            this.type = type;
            this.from = from;
            ChangeSet set = request.commit().changes().get(type);
            if (set != null && !set.isEmpty() && set.complete()) {
                NavigableSet<String> ids = new TreeSet<>(set.inserted());
                ids.addAll(set.updated());
                ids.addAll(set.deleted());
                chunk = (from.isPresent() ? ids.tailSet(from.get().id(), true) : ids).iterator();
            } else if (set != null && !set.isEmpty()) {
                more = true;
                for (Authored companion : log.companions(request.commit())) {
                    ChangeSet theirs = companion.changes().get(type);
                    if (theirs != null) {
                        List.of(theirs.inserted(), theirs.updated(), theirs.deleted())
                                .forEach(others::addAll);
                    }
                }
            }
        }

        Optional<String> next() {
            while (true) {
                if (!chunk.hasNext()) {
                    if (!more) {
                        return Optional.empty();
                    }
                    NavigableSet<String> following = following();
                    more = following.size() == IDS_AT_ONCE;
                    chunk = following.iterator();
                    continue;
                }
                String id = chunk.next();
                last = Optional.of(id);
                if (from.isEmpty()) {
                    return last;
                }
                // The place itself was on the part before, and what is ahead of it as well.
                DiffPlace place = from.get();
                if (place.isBehind(id)) {
                    from = Optional.empty();
                    return last;
                }
                if (place.is(id)) {
                    from = Optional.empty();
                }
            }
        }

        private NavigableSet<String> following() {
            Predicate<String> wanted = last.<Predicate<String>>map(id -> next -> next.compareTo(id) > 0)
                    .orElseGet(() -> from.<Predicate<String>>map(place -> next -> next.compareTo(place.id()) >= 0)
                            .orElse(next -> true));
            Predicate<String> own = wanted.and(id -> !others.contains(id));
            boolean was = before.view().snapshot().types().containsKey(type);
            boolean is = after.view().snapshot().types().containsKey(type);
            NavigableSet<String> ids = was && is
                    ? Differences.first(
                            before.view().type(type), after.view().type(type), own, IDS_AT_ONCE, request.cancelled())
                    : Differences.first((is ? after : before).view().type(type), own, IDS_AT_ONCE, request.cancelled());
            if (request.cancelled().getAsBoolean()) {
                throw new EngineException(new EngineFailure.Interrupted(false));
            }
            return ids;
        }
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

    private boolean wanted(EntityType type) {
        ChangesRequest changes = request.changes();
        EntityChange.Kind kind = edge(type) ? EntityChange.Kind.EDGE : EntityChange.Kind.NODE;
        return (changes.kinds().isEmpty() || changes.kinds().contains(kind))
                && (changes.types().isEmpty() || changes.types().contains(type.name()));
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
    private static String binding(Request request) {
        ChangesRequest changes = request.changes();
        return Integer.toHexString((request.commit().commit().id() + "|" + new TreeSet<>(changes.kinds()) + "|"
                        + new TreeSet<>(changes.types()) + "|" + new TreeSet<>(changes.operations()))
                .hashCode());
    }

    private static String token(DiffPlace place, String binding) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((binding + ":" + place.text()).getBytes(StandardCharsets.UTF_8));
    }

    private static DiffPlace read(String token, String binding) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).split(":", 2);
            if (parts.length == 2 && parts[0].equals(binding)) {
                return DiffPlace.read(parts[1]);
            }
        } catch (IllegalArgumentException malformed) {
            throw rejected(malformed);
        }
        throw rejected(new IllegalArgumentException("of another commit or filter"));
    }

    private static EngineException rejected(IllegalArgumentException why) {
        return new EngineException(
                new EngineFailure.Invalid(List.of(new Diagnostic(
                        "page_token",
                        Diagnostic.Severity.ERROR,
                        "this page token is not of this commit and filter; begin without one",
                        Optional.empty(),
                        0))),
                why);
    }

    /** Whether entities of the type are told at all: ids that spell out a masked or denied property are not. */
    public static boolean shown(Schema schema, CallerAccess access, EntityType type) {
        return switch (type) {
            case EntityType.Node node ->
                access.access(node).granted()
                        && node.keyMembers().stream()
                                .noneMatch(key -> access.access(node).denied().contains(key.name())
                                        || access.access(node).masks().containsKey(key.name()));
            case EntityType.Edge edge ->
                access.access(edge).granted()
                        && shown(schema, access, schema.node(edge.source()))
                        && shown(schema, access, schema.node(edge.destination()));
        };
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
            if (!shown(schema(), access, type)) {
                return Optional.empty();
            }
            TypeView rows = view.type(id);
            int row = rows.rowOf(entity);
            return row < 0 || !access.sees(view, type, row)
                    ? Optional.empty()
                    : Optional.of(image(type, rows.row(row)));
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
