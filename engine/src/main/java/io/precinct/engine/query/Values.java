package io.precinct.engine.query;

import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.antlr.v4.runtime.Token;

/** The declared parameters of one query, and the values that may stand beside a property: literal, parameter, now(). */
final class Values {
    private static final String RESERVED = "__nanograph_now";

    private final QueryText text;
    private final SequencedMap<String, Parameter> parameters = new LinkedHashMap<>();

    Values(QueryText text, List<GqParser.ParameterContext> declared) {
        this.text = text;
        declared.forEach(this::declare);
    }

    private void declare(GqParser.ParameterContext declared) {
        String name = QueryText.name(declared.VAR().getSymbol());
        if (name.equals(RESERVED)) {
            text.error(QueryCode.PARAMETER_NAME, "the parameter name $" + name + " is reserved", declared);
        }
        type(declared).ifPresent(type -> {
            if (parameters.putIfAbsent(name, new Parameter(name, type)) != null) {
                text.error(QueryCode.PARAMETER_NAME, "the parameter $" + name + " is declared twice", declared);
            }
        });
    }

    private Optional<PropertyType> type(GqParser.ParameterContext declared) {
        boolean nullable = declared.OPTIONAL() != null;
        if (declared.vectorType() != null) {
            Optional<Long> dimension = text.integer(declared.vectorType().INT().getSymbol());
            boolean sound = declared.vectorType().UNAME().getText().equals("Vector")
                    && dimension.isPresent()
                    && dimension.get() >= 1
                    && dimension.get() <= Integer.MAX_VALUE;
            if (!sound) {
                text.error(
                        QueryCode.PARAMETER_TYPE,
                        "unknown parameter type '" + declared.vectorType().getText()
                                + "'; a vector is Vector(N) with N from 1 to " + Integer.MAX_VALUE,
                        declared.vectorType());
                return Optional.empty();
            }
            return Optional.of(
                    new PropertyType(Scalar.VECTOR, dimension.get().intValue(), Optional.empty(), false, nullable));
        }
        boolean list = declared.listType() != null;
        Token word = list
                ? declared.listType().UNAME().getSymbol()
                : declared.scalarType().UNAME().getSymbol();
        Optional<Scalar> scalar =
                Scalar.ofWord(word.getText()).filter(s -> s != Scalar.VECTOR && !(list && s == Scalar.BLOB));
        if (scalar.isEmpty()) {
            text.error(
                    QueryCode.PARAMETER_TYPE,
                    "unknown parameter type '" + word.getText()
                            + "'; parameters are scalars, lists of scalars or vectors (an enum is a String)",
                    word);
        }
        return scalar.map(s -> new PropertyType(s, 0, Optional.empty(), list, nullable));
    }

    List<Parameter> declared() {
        return List.copyOf(parameters.values());
    }

    Optional<Parameter> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** Empty when the value is wrong, which was reported under {@code unknownVariable} or a literal's code. */
    Optional<Expression> read(GqParser.ValueContext value, QueryCode unknownVariable) {
        if (value.now() != null) {
            return Optional.of(new Expression.Now());
        }
        if (value.literal() != null) {
            return Literals.read(value.literal(), text).map(c -> c);
        }
        String name = QueryText.name(value.VAR().getSymbol());
        Optional<Parameter> parameter = parameter(name);
        if (parameter.isEmpty()) {
            text.error(unknownVariable, "$" + name + " is not a declared parameter", value);
        }
        return parameter.map(Expression.ParameterOf::new);
    }

    /**
     * Whether {@code value} may be compared with or assigned to something of {@code type}; reported otherwise. A
     * literal that is wrong answers {@code forLiteral}, anything else T7; a literal is also held against an enum.
     */
    boolean fits(
            Expression value,
            PropertyType type,
            EntityType owner,
            Property property,
            QueryCode forLiteral,
            GqParser.ValueContext place) {
        String target = owner.name() + "." + property.name();
        boolean literal = value instanceof Expression.Constant;
        boolean emptyList = value instanceof Expression.Constant(List<?> items, PropertyType ignored)
                && items.isEmpty()
                && type.list();
        boolean vector = type.scalar() == Scalar.VECTOR
                && value instanceof Expression.Constant(List<?> numbers, PropertyType written)
                && written.scalar().numeric()
                && numbers.size() == type.dimension();
        boolean blob = type.scalar() == Scalar.BLOB
                && value instanceof Expression.ParameterOf
                && value.type().scalar() == Scalar.STRING
                && !value.type().list();
        if (!emptyList && !vector && !blob && !Types.compatible(value.type(), type)) {
            text.error(
                    literal ? forLiteral : QueryCode.OPERANDS,
                    (value instanceof Expression.Now ? "now()" : value.type().display()) + " doesn't fit " + target
                            + ", which is " + property.type().display(),
                    place);
            return false;
        }
        Optional<List<String>> members = type.enumValues();
        if (literal
                && members.isPresent()
                && value instanceof Expression.Constant(String word, PropertyType ignored)
                && !members.get().contains(word)) {
            text.error(
                    QueryCode.LITERAL,
                    "invalid enum value '" + word + "' for " + target + " (expected: "
                            + String.join(", ", members.get()) + ")",
                    place);
            return false;
        }
        return true;
    }

    QueryText text() {
        return text;
    }

    Map<String, Parameter> byName() {
        return parameters;
    }
}
