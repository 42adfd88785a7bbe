package io.precinct.engine.schema;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Lexer;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.Vocabulary;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/** What the two languages share of reading text: syntax errors in words, and the values of literals. */
public final class Syntax {
    /** Brackets within brackets; deeper text is refused before it can exhaust the parser's stack. */
    private static final int DEEPEST = 64;

    private static final int WORTH_LISTING = 6;

    /** Digits, leading zeros included; longer text isn't worth the arithmetic. */
    private static final int LONGEST_INTEGER = 100;

    private Syntax() {}

    /**
     * Sends every syntax error of {@code parser} to {@code findings} under {@code code}. A full list ends the parsing, which
     * must run within {@link #read}: what comes behind so many errors takes time and tells nothing.
     */
    public static void report(Parser parser, SourceText source, Findings findings, String code) {
        parser.removeErrorListeners();
        parser.addErrorListener(new BaseErrorListener() {
            @Override
            public void syntaxError(
                    Recognizer<?, ?> recognizer,
                    Object offendingSymbol,
                    int line,
                    int column,
                    String message,
                    RecognitionException cause) {
                Token token = (Token) offendingSymbol;
                IntervalSet expected = cause == null || cause.getExpectedTokens() == null
                        ? parser.getExpectedTokens()
                        : cause.getExpectedTokens();
                findings.error(code, message(token, expected, parser.getVocabulary()), source.of(token));
                if (findings.full()) {
                    throw new ParseCancellationException();
                }
            }
        });
    }

    /** What a rule of a parser under {@link #report} reads; empty when it gave up, as too much is wrong with the text. */
    public static <T> Optional<T> read(Supplier<T> rule) {
        try {
            return Optional.of(rule.get());
        } catch (ParseCancellationException hopeless) {
            return Optional.empty();
        }
    }

    /** True when the brackets of the text stay within bounds; otherwise reported. */
    public static boolean shallow(
            CommonTokenStream tokens, Vocabulary words, SourceText source, Findings findings, String code) {
        tokens.fill();
        int depth = 0;
        for (Token token : tokens.getTokens()) {
            switch (Optional.ofNullable(literal(words, token.getType())).orElse("")) {
                case "'{'", "'['", "'('" -> {
                    if (++depth > DEEPEST) {
                        findings.error(
                                code, "brackets are nested deeper than " + DEEPEST + " levels here", source.of(token));
                        return false;
                    }
                }
                case "'}'", "']'", "')'" -> depth = Math.max(0, depth - 1);
                default -> {}
            }
        }
        return true;
    }

    /** A lexer that keeps silent: what it can't read becomes a token that the parser refuses. */
    public static <L extends Lexer> L quiet(L lexer) {
        lexer.removeErrorListeners();
        return lexer;
    }

    private static String message(Token token, IntervalSet expected, Vocabulary words) {
        String symbol =
                Optional.ofNullable(words.getSymbolicName(token.getType())).orElse("");
        switch (symbol) {
            case "OPEN_STRING" -> {
                return "this string has no closing quote";
            }
            case "OPEN_COMMENT" -> {
                return "this comment is not closed; write '*/' at its end";
            }
            case "BAD_NUMBER" -> {
                return "'" + shorten(token) + "' is neither a number nor a name; a name starts with a letter";
            }
            case "BAD_VARIABLE" -> {
                return "'" + shorten(token) + "' is no variable; write '$' and a name in lower case";
            }
            default -> {}
        }
        String met = token.getType() == Token.EOF ? "the text ends here" : "unexpected '" + shorten(token) + "'";
        String wanted = wanted(expected, words);
        return wanted.isEmpty() ? met : met + "; expected " + wanted;
    }

    private static String shorten(Token token) {
        String text = token.getText();
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    private static String wanted(IntervalSet expected, Vocabulary words) {
        Set<String> names = new TreeSet<>();
        boolean name = false;
        for (int type : expected.toList()) {
            name |= "LNAME".equals(words.getSymbolicName(type));
        }
        for (int type : expected.toList()) {
            String symbol = type == Token.EOF ? "EOF" : words.getSymbolicName(type);
            String literal = literal(words, type);
            boolean word = literal != null && Character.isLetter(literal.charAt(1));
            if (symbol != null && !(name && word)) {
                names.add(literal != null ? literal : described(symbol));
            }
        }
        if (names.isEmpty() || names.size() > WORTH_LISTING) {
            return "";
        }
        return String.join(" or ", names);
    }

    /** As it is written, in quotes; null for what is written in several ways. */
    private static String literal(Vocabulary words, int type) {
        String literal = words.getLiteralName(type);
        if (literal != null) {
            return literal;
        }
        // The grammar tool forgets the spelling of a token that two rules make.
        return switch (Optional.ofNullable(words.getSymbolicName(type)).orElse("")) {
            case "RBRACE" -> "'}'";
            case "RPAREN" -> "')'";
            case "COMMA" -> "','";
            default -> null;
        };
    }

    private static String described(String symbol) {
        return switch (symbol) {
            case "EOF" -> "the end of the text";
            case "LNAME" -> "a name";
            case "UNAME" -> "a type name";
            case "VAR" -> "a variable";
            case "INT" -> "an integer";
            case "FLOAT", "SIGNED" -> "a number";
            case "STRING" -> "a string";
            case "ENUM_OPEN" -> "'enum('";
            case "ENUM_VALUE" -> "an enum value";
            case "AT_ENUM" -> "'@'";
            default -> symbol.toLowerCase(Locale.ROOT).replace('_', ' ');
        };
    }

    /** The text of a string literal; a wrong escape is reported and left out. */
    public static String string(Token token, SourceText source, Findings findings, String code) {
        String raw = token.getText();
        StringBuilder text = new StringBuilder(raw.length());
        for (int i = 1; i < raw.length() - 1; i++) {
            char c = raw.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = raw.charAt(++i);
            switch (escaped) {
                case '"', '\\' -> text.append(escaped);
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                default ->
                    findings.error(
                            code,
                            "unsupported escape sequence '\\" + escaped + "'; there are \\\" \\\\ \\n \\r \\t",
                            source.of(token));
            }
        }
        return text.toString();
    }

    /** Empty, and reported, when the digits exceed 64 signed bits. */
    public static Optional<Long> integer(Token token, SourceText source, Findings findings, String code) {
        String digits = token.getText();
        BigInteger value = digits.length() > LONGEST_INTEGER ? BigInteger.TWO.shiftLeft(64) : new BigInteger(digits);
        if (value.bitLength() > 63) {
            findings.error(
                    code, "invalid integer: '" + shorten(token) + "' exceeds 9223372036854775807", source.of(token));
            return Optional.empty();
        }
        return Optional.of(value.longValue());
    }
}
