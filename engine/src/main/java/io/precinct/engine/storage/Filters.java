package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.ColumnPredicate.All;
import io.precinct.engine.storage.ColumnPredicate.Any;
import io.precinct.engine.storage.ColumnPredicate.Compare;
import io.precinct.engine.storage.ColumnPredicate.In;
import io.precinct.engine.storage.ColumnPredicate.IsNull;
import io.precinct.engine.storage.ColumnPredicate.Not;
import io.precinct.engine.storage.ColumnPredicate.Operator;
import io.precinct.engine.storage.ColumnPredicate.StartsWith;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Renders a {@link ColumnPredicate} as the text that the native library parses. Negations are pushed to the leaves,
 * where null becomes explicit, so that three-valued logic never meets a NOT; long conjunctions become balanced trees,
 * because the library recurses along chains until its stack ends.
 */
final class Filters {
    /** The library's parser gives up somewhat above this many nested parentheses. */
    static final int DEEPEST = 40;

    /** Each value of a list counts as one. */
    static final int MOST_LEAVES = 10_000;

    private record Rendered(String text, int depth, int leaves) {}

    private Filters() {}

    /** @throws EngineException {@code ResourceLimit} when the predicate is too deep or too large for the library */
    static String render(ColumnPredicate predicate) {
        Rendered rendered = render(predicate, true, 0);
        if (rendered.depth() > DEEPEST) {
            throw new EngineException(
                    new EngineFailure.ResourceLimit("the depth of a filter", DEEPEST, rendered.depth()));
        }
        requireFew(rendered.leaves());
        return rendered.text();
    }

    private static Rendered render(ColumnPredicate predicate, boolean wanted, int nesting) {
        if (nesting > 4 * DEEPEST) {
            throw new EngineException(new EngineFailure.ResourceLimit("the depth of a filter", DEEPEST, nesting));
        }
        return switch (predicate) {
            case All all -> join(all.parts(), wanted, wanted ? " AND " : " OR ", nesting);
            case Any any -> join(any.parts(), wanted, wanted ? " OR " : " AND ", nesting);
            case Not not -> render(not.part(), !wanted, nesting + 1);
            case IsNull isNull -> leaf(column(isNull.column()) + (wanted ? " IS NULL" : " IS NOT NULL"));
            case Compare compare ->
                nullable(
                        compare.column(),
                        wanted,
                        column(compare.column()) + " " + symbol(compare.operator()) + " " + literal(compare.value()));
            case In in -> in.values().isEmpty() ? constant(!wanted) : listed(in, wanted);
            case StartsWith starts ->
                nullable(
                        starts.column(),
                        wanted,
                        "starts_with(" + column(starts.column()) + ", " + text(starts.prefix()) + ")");
        };
    }

    private static Rendered join(List<ColumnPredicate> parts, boolean wanted, String operator, int nesting) {
        if (parts.isEmpty()) {
            // The neutral element: true of AND, false of OR; a negation has exchanged the operator already.
            return constant(operator.equals(" AND "));
        }
        return balanced(
                parts.stream().map(part -> render(part, wanted, nesting + 1)).toList(), operator);
    }

    private static Rendered balanced(List<Rendered> parts, String operator) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        int middle = parts.size() / 2;
        Rendered left = balanced(parts.subList(0, middle), operator);
        Rendered right = balanced(parts.subList(middle, parts.size()), operator);
        return new Rendered(
                "(" + left.text() + operator + right.text() + ")",
                1 + Math.max(left.depth(), right.depth()),
                left.leaves() + right.leaves());
    }

    private static Rendered leaf(String text) {
        return new Rendered(text, 1, 1);
    }

    private static Rendered constant(boolean value) {
        return leaf(value ? "1 = 1" : "1 = 0");
    }

    private static Rendered nullable(String column, boolean wanted, String test) {
        if (wanted) {
            return leaf(test);
        }
        return new Rendered("((NOT (" + test + ")) OR " + column(column) + " IS NULL)", 3, 2);
    }

    private static Rendered listed(In in, boolean wanted) {
        // Before the text is made: the list is as long as its caller likes.
        requireFew(in.values().size());
        String list = in.values().stream().map(Filters::literal).collect(Collectors.joining(", "));
        Rendered test = nullable(in.column(), wanted, column(in.column()) + " IN (" + list + ")");
        return new Rendered(
                test.text(), test.depth(), test.leaves() - 1 + in.values().size());
    }

    private static void requireFew(int leaves) {
        if (leaves > MOST_LEAVES) {
            throw new EngineException(
                    new EngineFailure.ResourceLimit("the number of a filter's terms", MOST_LEAVES, leaves));
        }
    }

    private static String symbol(Operator operator) {
        return switch (operator) {
            case EQ -> "=";
            case NE -> "<>";
            case LT -> "<";
            case LTE -> "<=";
            case GT -> ">";
            case GTE -> ">=";
        };
    }

    private static String column(String name) {
        if (name.isEmpty() || name.indexOf('`') >= 0 || name.indexOf('.') >= 0 || name.indexOf('\0') >= 0) {
            throw new NativeErrors.ContractBroken("'" + name + "' can't be a column's name");
        }
        return "`" + name + "`";
    }

    private static String literal(Object value) {
        return switch (Objects.requireNonNull(value, "a filter's value")) {
            case String s -> text(s);
            case Boolean b -> b ? "true" : "false";
            case Integer i -> whole(i);
            case Long l -> whole(l);
            case Double d when Double.isFinite(d) -> "CAST('" + d + "' AS DOUBLE)";
            default ->
                throw new NativeErrors.ContractBroken(
                        "a filter's value is a String, Boolean, Long or finite Double, not " + value);
        };
    }

    private static String whole(long value) {
        // The most negative number is no literal: its digits overflow before the sign is applied.
        return value == Long.MIN_VALUE ? "(-9223372036854775807 - 1)" : Long.toString(value);
    }

    /** Quotes are doubled; characters that the string border mangles are spelled by their code points. */
    static String text(String value) {
        if (value.codePoints().allMatch(Filters::isPlain)) {
            return "'" + value.replace("'", "''") + "'";
        }
        StringBuilder out = new StringBuilder("concat(");
        StringBuilder plain = new StringBuilder();
        String separator = "";
        for (int codePoint : value.codePoints().toArray()) {
            if (isPlain(codePoint)) {
                plain.appendCodePoint(codePoint);
                continue;
            }
            if (isHalf(codePoint)) {
                throw new NativeErrors.ContractBroken("a filter's text holds half a character");
            }
            if (!plain.isEmpty()) {
                out.append(separator).append(text(plain.toString()));
                plain.setLength(0);
                separator = ", ";
            }
            out.append(separator).append("chr(").append(codePoint).append(')');
            separator = ", ";
        }
        if (!plain.isEmpty()) {
            out.append(separator).append(text(plain.toString()));
        }
        return out.append(')').toString();
    }

    /** Whether the text is one that can be stored: a surrogate without its other half has no UTF-8. */
    static boolean isStorable(String value) {
        return value.codePoints().noneMatch(Filters::isHalf);
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** Whether the library's modified UTF-8 border passes the character unchanged. */
    static boolean isPlain(int codePoint) {
        return codePoint != 0 && codePoint < Character.MIN_SUPPLEMENTARY_CODE_POINT && !isHalf(codePoint);
    }
}
