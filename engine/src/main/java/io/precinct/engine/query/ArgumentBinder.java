package io.precinct.engine.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.CalendarText;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.Numbers;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Binds the JSON parameters of a request to the declared parameters of a statement. Stateless. */
public final class ArgumentBinder {
    /** Codes of the findings; stable. */
    public static final String NOT_AN_OBJECT = "P1";

    public static final String MISSING = "P2";
    public static final String NULL = "P3";
    public static final String WRONG_TYPE = "P4";
    public static final String OUT_OF_RANGE = "P5";
    public static final String INVALID_TEXT = "P6";

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,40}");
    private static final BigInteger SIGNED_MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private final List<Diagnostic> errors = new ArrayList<>();

    private ArgumentBinder() {}

    /**
     * @param params an object of names without '$'; a missing node or JSON null stands for no parameters. Members that
     *     no parameter declares are ignored
     * @param now the beginning of the execution
     * @throws EngineException with {@code Invalid} and every fault
     */
    public static Arguments bind(List<Parameter> parameters, JsonNode params, Instant now) {
        ArgumentBinder binder = new ArgumentBinder();
        Map<String, Optional<Object>> values = new HashMap<>();
        boolean empty = params.isMissingNode() || params.isNull();
        if (!empty && !params.isObject()) {
            binder.error(NOT_AN_OBJECT, "params must be a JSON object");
        } else {
            for (Parameter parameter : parameters) {
                values.put(parameter.name(), binder.value(parameter, params.path(parameter.name())));
            }
        }
        if (!binder.errors.isEmpty()) {
            throw new EngineException(new EngineFailure.Invalid(binder.errors));
        }
        return new Arguments(values, now);
    }

    private Optional<Object> value(Parameter parameter, JsonNode json) {
        PropertyType type = parameter.type();
        if (json.isMissingNode() || json.isNull()) {
            if (!type.nullable()) {
                error(
                        json.isNull() ? NULL : MISSING,
                        "parameter '" + parameter.name() + "' is " + type.display()
                                + (json.isNull() ? " and can't be null" : " and was not provided"));
            }
            return Optional.empty();
        }
        if (!type.list()) {
            return scalar(parameter, type, json);
        }
        if (!json.isArray()) {
            return wrong(parameter, "an array");
        }
        List<Object> elements = new ArrayList<>();
        for (JsonNode element : json) {
            scalar(parameter, type, element).ifPresent(elements::add);
        }
        return Optional.of(List.copyOf(elements));
    }

    private Optional<Object> scalar(Parameter parameter, PropertyType type, JsonNode json) {
        return switch (type.scalar()) {
            case STRING -> json.isTextual() ? Optional.of(json.textValue()) : wrong(parameter, "a string");
            case BOOL -> json.isBoolean() ? Optional.of(json.booleanValue()) : wrong(parameter, "true or false");
            case I32, I64, U32, U64 -> whole(parameter, type.scalar(), json);
            case F32, F64 -> real(parameter, type.scalar(), json);
            case DATE ->
                json.isTextual()
                        ? text(parameter, json.textValue(), "Date", CalendarText.date(json.textValue()))
                        : wrong(parameter, "a string such as \"2026-03-31\"");
            case DATE_TIME ->
                json.isTextual()
                        ? text(parameter, json.textValue(), "DateTime", CalendarText.dateTime(json.textValue()))
                        : wrong(parameter, "a string such as \"2026-03-31T06:00:00Z\"");
            case BLOB ->
                json.isTextual()
                        ? Optional.of(json.textValue())
                        : wrong(parameter, "a string such as \"base64:aGVsbG8=\", or an address");
            case VECTOR -> vector(parameter, type, json);
        };
    }

    private Optional<Object> vector(Parameter parameter, PropertyType type, JsonNode json) {
        String expected = "an array of exactly " + type.dimension() + " numbers";
        if (!json.isArray() || json.size() != type.dimension()) {
            return wrong(parameter, expected);
        }
        float[] vector = new float[json.size()];
        for (int i = 0; i < vector.length; i++) {
            JsonNode number = json.get(i);
            if (!number.isNumber()) {
                return wrong(parameter, expected);
            }
            vector[i] = (float) number.doubleValue();
            if (!Float.isFinite(vector[i])) {
                error(
                        OUT_OF_RANGE,
                        "parameter '" + parameter.name() + "': number " + i + " of the vector is out of range for F32");
                return Optional.empty();
            }
        }
        return Optional.of(vector);
    }

    private Optional<Object> text(Parameter parameter, String text, String type, Optional<?> value) {
        if (value.isEmpty()) {
            error(INVALID_TEXT, "parameter '" + parameter.name() + "': invalid " + type + " '" + text + "'");
        }
        return value.map(v -> (Object) v);
    }

    private Optional<Object> whole(Parameter parameter, Scalar scalar, JsonNode json) {
        BigInteger value;
        if (json.isIntegralNumber()) {
            value = json.bigIntegerValue();
        } else if (json.isTextual() && DECIMAL.matcher(json.textValue()).matches()) {
            value = new BigInteger(json.textValue());
        } else {
            return wrong(parameter, "an integer, or a string of decimal digits");
        }
        if (scalar == Scalar.U64 && value.compareTo(SIGNED_MOST) > 0) {
            error(
                    OUT_OF_RANGE,
                    "parameter '" + parameter.name() + "' exceeds current engine range of U64 parameters, "
                            + SIGNED_MOST);
            return Optional.empty();
        }
        Optional<Object> converted = Numbers.whole(value, scalar);
        if (converted.isEmpty()) {
            error(OUT_OF_RANGE, "parameter '" + parameter.name() + "' is beyond the range of " + scalar.word());
        }
        return converted;
    }

    private Optional<Object> real(Parameter parameter, Scalar scalar, JsonNode json) {
        if (!json.isNumber()) {
            return wrong(parameter, "a number");
        }
        double value = json.doubleValue();
        boolean finite = scalar == Scalar.F64 ? Double.isFinite(value) : Float.isFinite((float) value);
        if (!finite) {
            error(OUT_OF_RANGE, "parameter '" + parameter.name() + "' is beyond the range of " + scalar.word());
            return Optional.empty();
        }
        return Optional.of(scalar == Scalar.F64 ? (Object) value : (Object) (float) value);
    }

    private Optional<Object> wrong(Parameter parameter, String wanted) {
        error(
                WRONG_TYPE,
                "parameter '" + parameter.name() + "' is " + parameter.type().display()
                        + (parameter.type().list() && !wanted.equals("an array")
                                ? "; each element must be "
                                : " and must be ")
                        + wanted);
        return Optional.empty();
    }

    private void error(String code, String message) {
        errors.add(Diagnostic.atLine(code, message, 0));
    }
}
