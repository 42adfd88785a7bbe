package io.precinct.engine.write;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.Neighbours;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A checked mutation on its way into a commit: its statements run in order on the base, each seeing what the earlier
 * ones wrote; the final state is validated once. What the caller may not see doesn't exist for {@code where} and for
 * the ends of new edges; what it may not write is refused, cascades included. Errors: {@code Invalid} with the codes of
 * the validator, {@code Denied}, {@code ReadSetChanged} when the schema moved. Prepared by one thread at a time.
 */
public final class Mutation implements WriteAttempt {
    private final WriteTools tools;
    private final CheckedStatement.Write statement;
    private final Arguments arguments;
    private final AccessGate gate;
    private final Provenance provenance;
    private final Map<Integer, String> newIds = new HashMap<>();
    private final Embedding embedding;
    private volatile Affected affected = Affected.NOTHING;

    /** The mutation itself: what to run, with which values, for whom. */
    public record Request(
            CheckedStatement.Write statement, Arguments arguments, AccessGate gate, Provenance provenance) {}

    public Mutation(WriteTools tools, Request request) {
        this.tools = tools;
        this.embedding = new Embedding(tools.embeddings());
        this.statement = request.statement();
        this.arguments = request.arguments();
        this.gate = request.gate();
        this.provenance = request.provenance();
    }

    @Override
    public WhenRefused whenRefused() {
        return statement.steps().stream()
                        .allMatch(s ->
                                s instanceof CheckedStatement.InsertNode || s instanceof CheckedStatement.InsertEdge)
                ? WhenRefused.PREPARE_AGAIN
                : WhenRefused.FAIL;
    }

    @Override
    public WriteTerms terms() {
        return provenance.terms();
    }

    /** Of the last preparation: one per insert, the matches of each update, the distinct rows deleted, cascades included. */
    public Affected affected() {
        return affected;
    }

    @Override
    public void discard() {
        // Every preparation starts from the statement.
    }

    @Override
    public Prepared prepare(Snapshot base) {
        if (!base.schema().hash().equals(statement.schemaHash())) {
            throw new EngineException(new EngineFailure.ReadSetChanged(
                    "schema", Optional.of(base.head().id())));
        }
        try (GraphView view = tools.views().of(base)) {
            Run run = new Run(view);
            for (int i = 0; i < statement.steps().size(); i++) {
                run.step(i, statement.steps().get(i));
            }
            run.wants.fill(run.rows);
            Prepared prepared = run.work.finish(run.rows, tools, CommitInfo.Kind.MUTATION, provenance);
            affected = run.affected.build();
            return prepared;
        }
    }

    /** One execution on one base. */
    private final class Run {
        private final Schema schema;
        private final GraphView view;
        private final CallerAccess access;
        private final Footprints footprints = new Footprints();
        private final Workspace rows;
        private final RowChanges work;
        private final Affected.Tally affected = new Affected.Tally();
        private final Embedding.Wants wants = embedding.new Wants();

        Run(GraphView view) {
            this.view = view;
            this.schema = view.snapshot().schema();
            this.access = new CallerAccess(gate, tools.rules());
            this.rows = new Workspace(view, access);
            this.work = new RowChanges(view, access, footprints);
        }

        void step(int index, CheckedStatement.Step step) {
            switch (step) {
                case CheckedStatement.InsertNode insert -> insertNode(index, insert);
                case CheckedStatement.InsertEdge insert -> insertEdge(index, insert);
                case CheckedStatement.Update update -> update(update);
                case CheckedStatement.Delete delete -> delete(delete);
            }
        }

        private void insertNode(int index, CheckedStatement.InsertNode insert) {
            EntityType.Node type = insert.type();
            access.requireGranted(type);
            Object[] values =
                    assigned(type, insert.values(), new Object[type.properties().size()]);
            NodeKeys keys = new NodeKeys(type);
            String id = keys.keyed()
                    ? keys.id(p -> values[p]).orElseThrow(() -> missingKey(type))
                    : newIds.computeIfAbsent(index, i -> tools.ids().next());
            rows.current(type, id).ifPresent(old -> keepDenied(type, old, values));
            rows.put(type, row(type, id, Optional.empty(), values));
            wants.inserted(type, id, insert.values().keySet());
            affected.add(type, 1);
        }

        /** Properties that don't exist for the caller survive a replacement of the record. */
        private void keepDenied(EntityType.Node type, EntityRow old, Object[] values) {
            for (int position = 0; position < values.length; position++) {
                if (access.access(type)
                        .denied()
                        .contains(type.properties().get(position).name())) {
                    values[position] = old.value(position).orElse(null);
                }
            }
        }

        private void insertEdge(int index, CheckedStatement.InsertEdge insert) {
            EntityType.Edge type = insert.type();
            access.requireGranted(type);
            Object[] values =
                    assigned(type, insert.values(), new Object[type.properties().size()]);
            String from = end(type, "from", insert.from());
            String to = end(type, "to", insert.to());
            var numbers = view.snapshot().numbers();
            EntityRow.Ends ends = new EntityRow.Ends(
                    from, numbers.number(type.source(), from), to, numbers.number(type.destination(), to));
            String id = newIds.computeIfAbsent(index, i -> tools.ids().next());
            rows.put(type, row(type, id, Optional.of(ends), values));
            affected.add(type, 1);
        }

        private String end(EntityType.Edge type, String word, Expression expression) {
            return RowTest.constant(expression, arguments)
                    .map(String.class::cast)
                    .orElseThrow(() -> Findings.invalid(
                            "required", "'" + word + "' of " + type.name() + " needs the id of a node and is null"));
        }

        private void update(CheckedStatement.Update update) {
            EntityType.Node type = update.type();
            access.requireGranted(type);
            List<EntityRow> matched =
                    matching(type, update.where(), tools.limits().records());
            for (EntityRow old : matched) {
                Object[] values = new Object[old.width()];
                for (int position = 0; position < values.length; position++) {
                    values[position] = old.value(position).orElse(null);
                }
                assigned(type, update.values(), values);
                wants.updated(type, old, values, update.values().keySet());
                rows.put(type, row(type, old.id(), Optional.empty(), values));
            }
            if (matched.isEmpty()) {
                assigned(type, update.values(), new Object[type.properties().size()]);
            }
            affected.add(type, matched.size());
        }

        private void delete(CheckedStatement.Delete delete) {
            access.requireGranted(delete.type());
            switch (delete.type()) {
                case EntityType.Node node ->
                    matching(node, delete.where(), Long.MAX_VALUE)
                            .forEach(row -> deleteNode(node, row.id(), row.number()));
                case EntityType.Edge edge -> matchingEdges(edge, delete.where()).forEach(row -> deleteEdge(edge, row));
            }
        }

        private void deleteNode(EntityType.Node type, String id, long number) {
            if (!rows.delete(type, id)) {
                return;
            }
            affected.add(type, 1);
            for (EntityType.Edge edge : schema.edges()) {
                List<Integer> incident = new ArrayList<>();
                if (edge.source().equals(type.id())) {
                    incident.addAll(incident(edge, number, true));
                }
                if (edge.destination().equals(type.id())) {
                    incident.addAll(incident(edge, number, false));
                }
                if (edge.source().equals(type.id()) || edge.destination().equals(type.id())) {
                    footprints.of(edge.id()).incident(id);
                }
                incident.forEach(row -> deleteEdge(edge, row));
            }
        }

        /** Rows of the committed edges that leave or enter the node with the number. */
        private List<Integer> incident(EntityType.Edge edge, long number, boolean leaving) {
            int node = view.type(leaving ? edge.source() : edge.destination()).rowOfNumber(number);
            Neighbours met = new Neighbours();
            if (node >= 0) {
                if (leaving) {
                    view.topology(edge.id()).outgoing(node, met);
                } else {
                    view.topology(edge.id()).incoming(node, met);
                }
            }
            return Arrays.stream(met.edges(), 0, met.count()).boxed().toList();
        }

        /** A cascade never removes in silence what the caller may not see or write. */
        private void deleteEdge(EntityType.Edge type, int row) {
            if (!access.sees(view, type, row)) {
                throw Denial.of(Denial.ROW);
            }
            if (rows.delete(type, view.type(type.id()).id(row))) {
                affected.add(type, 1);
            }
        }

        /** At most {@code most} rows, so that a limit holds before they take memory. */
        private List<EntityRow> matching(EntityType.Node type, CheckedStatement.Where where, long most) {
            if (!(where.subject() instanceof CheckedStatement.Subject.OfProperty(Property property))) {
                throw new IllegalArgumentException("a node has no ends: " + where);
            }
            access.requireReadable(type, property);
            Optional<Object> wanted = RowTest.constant(where.value(), arguments);
            if (wanted.isEmpty()) {
                return List.of();
            }
            List<EntityRow> found = new ArrayList<>();
            if (where.operator() == Operator.EQ && new NodeKeys(type).isWholeKey(property)) {
                Optional<Object> key = keyValue(wanted.get(), where.value().type(), property.type());
                key.map(k -> CanonicalText.of(k, property.type().scalar())).ifPresent(id -> {
                    footprints.of(type.id()).written(id);
                    rows.visible(type, id).ifPresent(found::add);
                });
                return found;
            }
            footprints.of(type.id()).whole();
            rows.scan(
                    type,
                    row -> row.value(property.id())
                            .filter(v -> Comparison.test(
                                    v,
                                    property.type(),
                                    where.operator(),
                                    wanted.get(),
                                    where.value().type()))
                            .isPresent(),
                    row -> {
                        found.add(row);
                        if (found.size() > most) {
                            throw new EngineException(new EngineFailure.ResourceLimit(
                                    "records of " + type.name() + " in one mutation", most, found.size()));
                        }
                    });
            return found;
        }

        /** A constant that doesn't fit the key's type equals no key; a float that is narrower than the key may. */
        private static Optional<Object> keyValue(Object value, PropertyType from, PropertyType to) {
            return ValueConversion.convert(value, from, to)
                    .filter(v -> Comparison.compare(v, to.scalar(), value, from.scalar()) == 0);
        }

        private List<Integer> matchingEdges(EntityType.Edge type, CheckedStatement.Where where) {
            if (where.subject() instanceof CheckedStatement.Subject.OfProperty(Property property)) {
                access.requireReadable(type, property);
            }
            Optional<Object> wanted = RowTest.constant(where.value(), arguments);
            List<Integer> found = new ArrayList<>();
            if (wanted.isEmpty()) {
                return found;
            }
            boolean atSource = where.subject() instanceof CheckedStatement.Subject.OfSource;
            boolean atDestination = where.subject() instanceof CheckedStatement.Subject.OfDestination;
            if (where.operator() == Operator.EQ && (atSource || atDestination)) {
                String node = (String) wanted.get();
                footprints.of(type.id()).incident(node);
                long number = view.snapshot().numbers().number(atSource ? type.source() : type.destination(), node);
                found.addAll(incident(type, number, atSource));
                found.removeIf(row -> !access.sees(view, type, row));
                return found;
            }
            footprints.of(type.id()).whole();
            TypeView base = view.type(type.id());
            for (int row = 0; row < base.rows(); row++) {
                if (base.live(row)
                        && subject(base, row, where.subject())
                                .filter(v -> Comparison.test(
                                        v,
                                        subjectType(where.subject()),
                                        where.operator(),
                                        wanted.get(),
                                        where.value().type()))
                                .isPresent()
                        && access.sees(view, type, row)) {
                    found.add(row);
                }
            }
            return found;
        }

        private static PropertyType subjectType(CheckedStatement.Subject subject) {
            return subject instanceof CheckedStatement.Subject.OfProperty(Property property)
                    ? property.type()
                    : PropertyType.of(Scalar.STRING);
        }

        private static Optional<Object> subject(TypeView base, int row, CheckedStatement.Subject subject) {
            return switch (subject) {
                case CheckedStatement.Subject.OfProperty(Property property) ->
                    RowValues.of(base, row).value(property.id());
                case CheckedStatement.Subject.OfSource source ->
                    base.row(row).ends().map(EntityRow.Ends::source);
                case CheckedStatement.Subject.OfDestination destination ->
                    base.row(row).ends().map(EntityRow.Ends::destination);
            };
        }

        private Object[] assigned(EntityType type, Map<Property, Expression> assignments, Object[] values) {
            assignments.forEach((property, expression) -> {
                access.requireNameable(type, property);
                values[RowValues.position(type, property.id())] = RowTest.constant(expression, arguments)
                        .map(v -> property.type().scalar() == Scalar.BLOB
                                ? cell(type, property, (String) v)
                                : ValueConversion.convert(v, expression.type(), property.type())
                                        .orElseThrow(() -> unfit(type, property, expression)))
                        .orElse(null);
            });
            return values;
        }

        private Object cell(EntityType type, Property property, String given) {
            try {
                return tools.blobs().cell(ValueReader.blob(given), false);
            } catch (ValueReader.Unfit unfit) {
                throw Findings.invalid("load_value", type.name() + "." + property.name() + ": " + unfit.getMessage());
            }
        }

        private EntityRow row(EntityType type, String id, Optional<EntityRow.Ends> ends, Object[] values) {
            List<Optional<Object>> list = new ArrayList<>(values.length);
            for (Object value : values) {
                list.add(Optional.ofNullable(value));
            }
            return new EntityRow(id, view.snapshot().numbers().number(type.id(), id), ends, list);
        }
    }

    private static EngineException missingKey(EntityType.Node type) {
        return Findings.invalid(
                "required",
                "non-nullable property '" + type.keyMembers().getFirst().name()
                        + "' has null or invalid values: it is part of the key of " + type.name());
    }

    private static EngineException unfit(EntityType type, Property property, Expression expression) {
        return Findings.invalid(
                "T7",
                type.name() + "." + property.name() + " is " + property.type().display() + " and this value of type "
                        + expression.type().display() + " doesn't fit it exactly");
    }
}
