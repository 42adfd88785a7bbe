package io.precinct.engine.merge;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.view.Column;
import io.precinct.engine.view.TypeView;
import io.precinct.engine.write.RowMapping;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The entities of one type that two states hold differently, ascending by id: their rows in the view of either state,
 * or {@link #ABSENT}. Belongs to the views.
 */
final class Differences {
    static final int ABSENT = -1;
    private static final int MOST = 5_000_000;
    private static final int ROWS_PER_PAUSE = 16_384;

    private final TypeView left;
    private final TypeView right;
    private final String[] ids;
    private final int[] lefts;
    private final int[] rights;

    private Differences(TypeView left, TypeView right, Map<String, int[]> met) {
        this.left = left;
        this.right = right;
        ids = new String[met.size()];
        lefts = new int[met.size()];
        rights = new int[met.size()];
        int at = 0;
        for (Map.Entry<String, int[]> one : met.entrySet()) {
            ids[at] = one.getKey();
            lefts[at] = one.getValue()[0];
            rights[at++] = one.getValue()[1];
        }
    }

    /** Of ids that may differ, those that do. */
    static Differences among(TypeView left, TypeView right, Set<String> candidates) {
        Comparison comparison = new Comparison(left, right);
        Map<String, int[]> met = new TreeMap<>();
        for (String id : candidates) {
            int before = left.rowOf(id);
            int after = right.rowOf(id);
            if (comparison.differ(before, after)) {
                put(met, id, before, after);
            }
        }
        return new Differences(left, right, met);
    }

    /** Of all rows, those that differ. Stops early when cancelled; what it gives then is not to be used. */
    static Differences of(TypeView left, TypeView right, BooleanSupplier cancelled) {
        Comparison comparison = new Comparison(left, right);
        Map<String, int[]> met = new TreeMap<>();
        for (int row = 0; row < left.rows(); row++) {
            if (row % ROWS_PER_PAUSE == 0 && cancelled.getAsBoolean()) {
                break;
            }
            if (left.live(row)) {
                int after = found(right, left, row);
                if (comparison.differ(row, after)) {
                    put(met, left.id(row), row, after);
                }
            }
        }
        for (int row = 0; row < right.rows(); row++) {
            if (row % ROWS_PER_PAUSE == 0 && cancelled.getAsBoolean()) {
                break;
            }
            if (right.live(row) && found(left, right, row) < 0) {
                put(met, right.id(row), ABSENT, row);
            }
        }
        return new Differences(left, right, met);
    }

    /**
     * The first {@code most} ids, ascending, of entities that differ and are wanted; holds no more than those. Stops early
     * when cancelled; what it gives then is not to be used.
     */
    static NavigableSet<String> first(
            TypeView left, TypeView right, Predicate<String> wanted, int most, BooleanSupplier cancelled) {
        Comparison comparison = new Comparison(left, right);
        NavigableSet<String> first = new TreeSet<>();
        for (int row = 0; row < left.rows() && !pausedFor(row, cancelled); row++) {
            if (left.live(row) && comparison.differ(row, found(right, left, row))) {
                keep(first, left.id(row), wanted, most);
            }
        }
        for (int row = 0; row < right.rows() && !pausedFor(row, cancelled); row++) {
            if (right.live(row) && found(left, right, row) < 0) {
                keep(first, right.id(row), wanted, most);
            }
        }
        return first;
    }

    /** The same of a state that has all and another one that has none of them. */
    static NavigableSet<String> first(TypeView rows, Predicate<String> wanted, int most, BooleanSupplier cancelled) {
        NavigableSet<String> first = new TreeSet<>();
        for (int row = 0; row < rows.rows() && !pausedFor(row, cancelled); row++) {
            if (rows.live(row)) {
                keep(first, rows.id(row), wanted, most);
            }
        }
        return first;
    }

    private static boolean pausedFor(int row, BooleanSupplier cancelled) {
        return row % ROWS_PER_PAUSE == 0 && cancelled.getAsBoolean();
    }

    private static void keep(NavigableSet<String> first, String id, Predicate<String> wanted, int most) {
        if ((first.size() < most || id.compareTo(first.last()) < 0) && wanted.test(id)) {
            first.add(id);
            if (first.size() > most) {
                first.pollLast();
            }
        }
    }

    private static void put(Map<String, int[]> met, String id, int before, int after) {
        met.put(id, new int[] {before, after});
        if (met.size() > MOST) {
            throw new EngineException(
                    new EngineFailure.ResourceLimit("entities of one type that differ", MOST, met.size()));
        }
    }

    /** The row of the same entity in the other view; numbers of two histories may meet without being one entity's. */
    private static int found(TypeView in, TypeView of, int row) {
        int at = in.rowOfNumber(of.number(row));
        return at < 0 || in.id(at).equals(of.id(row)) ? at : in.rowOf(of.id(row));
    }

    /** Whether rows of the two views hold the same values, in the form of the right one's type. */
    private static final class Comparison {
        private final TypeView left;
        private final TypeView right;
        private final List<Column> lefts;
        private final List<Column> rights;
        private final Optional<RowMapping> mapping;

        Comparison(TypeView left, TypeView right) {
            this.left = left;
            this.right = right;
            boolean alike = left.type().properties().equals(right.type().properties());
            mapping = alike ? Optional.empty() : Optional.of(new RowMapping(left.type(), right.type(), Map.of()));
            lefts = alike ? columns(left) : List.of();
            rights = alike ? columns(right) : List.of();
        }

        private static List<Column> columns(TypeView view) {
            return view.type().properties().stream()
                    .map(property -> view.column(property.id()))
                    .toList();
        }

        boolean differ(int before, int after) {
            if (before < 0 || after < 0) {
                return before != after;
            }
            if (mapping.isPresent()) {
                return !mapping.get().of(left.row(before)).equals(right.row(after));
            }
            for (int at = 0; at < lefts.size(); at++) {
                boolean absent = lefts.get(at).isNull(before);
                if (absent != rights.get(at).isNull(after)
                        || !absent
                                && !Objects.deepEquals(
                                        lefts.get(at).valueAt(before),
                                        rights.get(at).valueAt(after))) {
                    return true;
                }
            }
            return left.type() instanceof EntityType.Edge
                    && (left.sourceNumber(before) != right.sourceNumber(after)
                            || left.destinationNumber(before) != right.destinationNumber(after));
        }
    }

    int count() {
        return ids.length;
    }

    TypeView left() {
        return left;
    }

    TypeView right() {
        return right;
    }

    String id(int at) {
        return ids[at];
    }

    /** Decoded anew at each call. */
    Optional<EntityRow> left(int at) {
        return lefts[at] < 0 ? Optional.empty() : Optional.of(left.row(lefts[at]));
    }

    Optional<EntityRow> right(int at) {
        return rights[at] < 0 ? Optional.empty() : Optional.of(right.row(rights[at]));
    }

    long added() {
        return Arrays.stream(lefts).filter(row -> row < 0).count();
    }

    long removed() {
        return Arrays.stream(rights).filter(row -> row < 0).count();
    }
}
