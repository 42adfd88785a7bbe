package io.precinct.engine.query;

import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.CalendarText;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Token;

/** Reads the literals of a query into constants of the types the language gives them. */
final class Literals {
    private Literals() {}

    /** Empty when the literal is wrong, which was reported. */
    static Optional<Expression.Constant> read(GqParser.LiteralContext literal, QueryText text) {
        if (literal.LBRACKET() != null) {
            return list(literal, text);
        }
        if (literal.DATE() != null || literal.DATETIME() != null) {
            return calendar(literal, text);
        }
        if (literal.STRING() != null) {
            return constant(text.string(literal.STRING().getSymbol()), Scalar.STRING);
        }
        if (literal.FLOAT() != null) {
            double value = Double.parseDouble(literal.getText());
            if (Double.isInfinite(value)) {
                text.error(QueryCode.SYNTAX, "invalid float: it is beyond every F64", literal);
                return Optional.empty();
            }
            return constant(value, Scalar.F64);
        }
        if (literal.INT() != null) {
            return text.integer(literal.INT().getSymbol()).flatMap(value -> constant(value, Scalar.I64));
        }
        return constant(literal.TRUE() != null, Scalar.BOOL);
    }

    private static Optional<Expression.Constant> constant(Object value, Scalar scalar) {
        return Optional.of(new Expression.Constant(value, PropertyType.of(scalar)));
    }

    private static Optional<Expression.Constant> calendar(GqParser.LiteralContext literal, QueryText text) {
        Token token = literal.STRING().getSymbol();
        String written = text.string(token);
        boolean day = literal.DATE() != null;
        Optional<?> value = day ? CalendarText.date(written) : CalendarText.dateTime(written);
        if (value.isEmpty()) {
            text.error(
                    QueryCode.CALENDAR,
                    "invalid " + (day ? "Date" : "DateTime") + " literal '" + written + "'; write "
                            + (day ? "date(\"2026-03-31\")" : "datetime(\"2026-03-31T06:00:00Z\")"),
                    token);
            return Optional.empty();
        }
        return constant(value.get(), day ? Scalar.DATE : Scalar.DATE_TIME);
    }

    private static Optional<Expression.Constant> list(GqParser.LiteralContext literal, QueryText text) {
        List<Expression.Constant> elements = new ArrayList<>();
        for (GqParser.LiteralContext written : literal.literal()) {
            if (written.LBRACKET() != null) {
                text.error(QueryCode.LIST_LITERAL, "a list holds no lists", written);
                return Optional.empty();
            }
            Optional<Expression.Constant> element = read(written, text);
            if (element.isEmpty()) {
                return Optional.empty();
            }
            if (!elements.isEmpty()
                    && !Types.compatible(
                            elements.getFirst().type(), element.get().type())) {
                text.error(
                        QueryCode.LIST_LITERAL,
                        "a list holds values of one type; this is "
                                + element.get().type().display() + " after "
                                + elements.getFirst().type().display(),
                        written);
                return Optional.empty();
            }
            elements.add(element.get());
        }
        if (elements.isEmpty()) {
            return Optional.of(new Expression.Constant(List.of(), Types.listOf(Scalar.STRING)));
        }
        // Integers beside floats read as floats, whichever comes first: no digit is lost that way.
        boolean reals = elements.stream().anyMatch(e -> e.type().scalar() == Scalar.F64);
        List<Object> values = new ArrayList<>();
        for (Expression.Constant element : elements) {
            values.add(reals ? (Object) ((Number) element.value()).doubleValue() : element.value());
        }
        Scalar scalar = reals ? Scalar.F64 : elements.getFirst().type().scalar();
        return Optional.of(new Expression.Constant(List.copyOf(values), Types.listOf(scalar)));
    }
}
