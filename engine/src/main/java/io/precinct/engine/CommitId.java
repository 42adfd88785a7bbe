package io.precinct.engine;

import java.util.regex.Pattern;

/** Id of a graph commit: a ULID minted by the writer. */
public record CommitId(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9A-HJKMNP-TV-Z]{26}");

    public CommitId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a commit id has 26 characters of Crockford's base 32");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
