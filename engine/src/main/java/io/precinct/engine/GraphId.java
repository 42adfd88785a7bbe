package io.precinct.engine;

import java.util.regex.Pattern;

/** Name of a graph within one graph store: {@code [a-z][a-z0-9-]{0,62}}. */
public record GraphId(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    public GraphId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a graph id is a lower-case letter followed by up to 62 of a-z, 0-9 and '-'");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
