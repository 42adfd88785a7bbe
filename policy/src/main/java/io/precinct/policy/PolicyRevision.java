package io.precinct.policy;

import java.util.regex.Pattern;

/** Names one policy by its content: the SHA-256 of its canonical form in 64 lower-case hexadecimal digits. */
public record PolicyRevision(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public PolicyRevision {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a policy revision has 64 hexadecimal digits, this has not: " + value);
        }
    }
}
