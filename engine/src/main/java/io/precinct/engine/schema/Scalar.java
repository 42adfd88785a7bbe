package io.precinct.engine.schema;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Scalar types of the language, with the Java form of one value in the engine: String ↔ String, Bool ↔ Boolean,
 * I32 ↔ Integer, I64 ↔ Long, U32 ↔ Long, U64 ↔ Long (unsigned bits), F32 ↔ Float, F64 ↔ Double,
 * Date ↔ Integer (days since 1970-01-01), DateTime ↔ Long (milliseconds since the epoch, UTC), Blob ↔ byte[],
 * Vector ↔ float[]. A list is a {@code List} of those.
 */
public enum Scalar {
    STRING("String"),
    BOOL("Bool"),
    I32("I32"),
    I64("I64"),
    U32("U32"),
    U64("U64"),
    F32("F32"),
    F64("F64"),
    DATE("Date"),
    DATE_TIME("DateTime"),
    BLOB("Blob"),
    VECTOR("Vector");

    private final String word;

    Scalar(String word) {
        this.word = word;
    }

    /** By the word of the language. */
    public static Optional<Scalar> ofWord(String word) {
        return Arrays.stream(values()).filter(s -> s.word.equals(word)).findFirst();
    }

    /** The words of all scalars that stand alone, for messages. */
    static String words() {
        return String.join(", ", wordList());
    }

    static List<String> wordList() {
        return Arrays.stream(values())
                .filter(s -> s != VECTOR)
                .map(Scalar::word)
                .toList();
    }

    /** The word of the language. */
    public String word() {
        return word;
    }

    public boolean numeric() {
        return switch (this) {
            case I32, I64, U32, U64, F32, F64 -> true;
            case STRING, BOOL, DATE, DATE_TIME, BLOB, VECTOR -> false;
        };
    }
}
