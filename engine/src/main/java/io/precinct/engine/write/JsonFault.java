package io.precinct.engine.write;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what is wrong with malformed JSON, where, and what to write instead. The parser's own words are never shown. */
final class JsonFault {
    private static final Pattern FOUND = Pattern.compile("\\('(.+?)' \\(code (\\d+)", Pattern.DOTALL);
    private static final String VALUE =
            "write a value: a string in double quotes, a number, true, false, null, an array or an object";

    /** How the parser begins its report of one kind of fault, and what we say of it; the first that fits is taken. */
    private record Kind(String mark, String words) {}

    private static final List<Kind> LIMITS = List.of(
            new Kind("nesting depth", "arrays and objects are nested too deeply for a record; make it flatter"),
            new Kind("Number value length", "this number has too many digits; write at most 1000"),
            new Kind("Name length", "a member's name is too long to be one of a record"),
            new Kind("String", "this string is too long for a record"));

    private static final List<Kind> KINDS = List.of(
            new Kind("expecting a colon", "write ':' between a member's name and its value"),
            new Kind("expecting comma", "write ',' between values, or close the array or object"),
            new Kind("expecting double-quote to start field name", "write the member's name in double quotes"),
            new Kind("close marker", "this bracket closes nothing that is open"),
            new Kind("Illegal unquoted character", "write control characters in a string as escapes, such as \\n"),
            new Kind("in base64", "write standard base64"),
            new Kind("hex-digit", "write \\u and four hex digits"),
            new Kind(
                    "character escape",
                    "unknown escape; write \\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\u and four hex digits"),
            new Kind("UTF-8", "these bytes are not UTF-8; save the file as UTF-8"),
            new Kind("surrogate", "this is half a character; write both halves of a surrogate pair"),
            new Kind("Non-standard token", "NaN and infinities are no JSON values; leave them out or write null"),
            new Kind("Leading zero", "a number has no leading zeros and no '+'"),
            new Kind("plus sign", "a number has no leading zeros and no '+'"),
            new Kind("numeric value", "this is no JSON number; write it as in -12, 0.5 or 1e6"),
            new Kind("Decimal point", "this is no JSON number; write it as in -12, 0.5 or 1e6"),
            new Kind("Unrecognized token", "this is no JSON value; " + VALUE),
            new Kind("Unexpected character", VALUE));

    private JsonFault() {}

    /** A sentence that begins with the column, as far as it is known. */
    static String words(JsonProcessingException malformed) {
        String said = malformed.getOriginalMessage() == null ? "" : malformed.getOriginalMessage();
        return column(malformed.getLocation()) + what(malformed, said);
    }

    private static String column(JsonLocation place) {
        return place == null ? "" : "column " + Math.max(1, place.getColumnNr()) + ": ";
    }

    private static String what(JsonProcessingException malformed, String said) {
        return switch (malformed) {
            case JsonEOFException ended -> "the text ends inside a value; close every string, array and object";
            case StreamConstraintsException beyond -> first(LIMITS, said, "this is too large for a record");
            default -> found(said) + first(KINDS, said, "this is no JSON; write one object for each record");
        };
    }

    private static String first(List<Kind> kinds, String said, String otherwise) {
        return kinds.stream()
                .filter(kind -> said.contains(kind.mark()))
                .findFirst()
                .map(Kind::words)
                .orElse(otherwise);
    }

    /** The character that wasn't expected, when it can be shown. */
    private static String found(String said) {
        Matcher found = FOUND.matcher(said);
        if (!found.find()) {
            return "";
        }
        int code = Integer.parseInt(found.group(2));
        return code > ' ' && code < 0x7F
                ? "unexpected '" + (char) code + "'; "
                : "unexpected character %04X; ".formatted(code);
    }
}
