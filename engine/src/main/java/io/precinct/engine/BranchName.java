package io.precinct.engine;

import java.util.regex.Pattern;

/** Name of a branch: 1 to 200 of {@code A-Za-z0-9._/-}, no empty, '.' or '..' part between slashes. */
public record BranchName(String value) implements Comparable<BranchName> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
    public static final BranchName MAIN = new BranchName("main");

    public BranchName {
        boolean dots = java.util.Arrays.stream(value.split("/", -1)).anyMatch(p -> p.equals(".") || p.equals(".."));
        if (value.length() > 200 || dots || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a branch name has 1 to 200 of A-Z a-z 0-9 . _ - in parts divided by '/', none of them '.' or '..'");
        }
    }

    @Override
    public int compareTo(BranchName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
