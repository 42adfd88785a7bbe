package io.precinct.engine.merge;

import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import io.precinct.engine.view.Views;
import io.precinct.engine.write.RowMapping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state that both sides of a merge go back to. After crossing merges there are several best ancestors: then it is
 * their merge, entity by entity, on their own ancestors (as Git's recursive strategy has it), and what they don't agree
 * on is in dispute. Close it.
 */
sealed interface BaseState extends AutoCloseable {
    /** The entity in the form of {@code type}. */
    RowVerdict.Base image(EntityType type, String id);

    @Override
    void close();

    /** @param ancestors at least one */
    static BaseState of(GraphLog log, Views views, List<Authored> ancestors) {
        BaseState merged = new Single(views.of(log.at(ancestors.getFirst())));
        for (int at = 1; at < ancestors.size(); at++) {
            BaseState older = of(log, views, MergeBase.of(log, ancestors.get(at - 1), ancestors.get(at)));
            merged = new Crossed(older, merged, new Single(views.of(log.at(ancestors.get(at)))));
        }
        return merged;
    }

    /** One commit. */
    record Single(GraphView view, Map<EntityType, RowMapping> mappings) implements BaseState {
        Single(GraphView view) {
            this(view, new HashMap<>());
        }

        @Override
        public RowVerdict.Base image(EntityType type, String id) {
            if (!view.snapshot().types().containsKey(type.id())) {
                return new RowVerdict.Base.Absent();
            }
            TypeView rows = view.type(type.id());
            int row = rows.rowOf(id);
            if (row < 0) {
                return new RowVerdict.Base.Absent();
            }
            EntityRow image = rows.row(row);
            return new RowVerdict.Base.Row(
                    rows.type().equals(type)
                            ? image
                            : mappings.computeIfAbsent(type, to -> new RowMapping(rows.type(), to, Map.of()))
                                    .of(image));
        }

        @Override
        public void close() {
            view.close();
        }
    }

    /** Two ancestors merged on a third. */
    record Crossed(BaseState base, BaseState left, BaseState right) implements BaseState {
        @Override
        public RowVerdict.Base image(EntityType type, String id) {
            RowVerdict.Base one = left.image(type, id);
            RowVerdict.Base other = right.image(type, id);
            if (one.equals(other)) {
                return one;
            }
            if (one instanceof RowVerdict.Base.Disputed || other instanceof RowVerdict.Base.Disputed) {
                return new RowVerdict.Base.Disputed();
            }
            Optional<EntityRow> mine = one.known();
            return switch (RowVerdict.of(base.image(type, id), other.known(), mine)) {
                case RowVerdict.Keep keep -> one;
                case RowVerdict.Take take -> other;
                case RowVerdict.Conflict conflict -> new RowVerdict.Base.Disputed();
            };
        }

        @Override
        public void close() {
            base.close();
            left.close();
            right.close();
        }
    }
}
