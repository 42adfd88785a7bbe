package io.precinct.engine;

/** Name of a tag; of the form of a {@link BranchName}. Tags and branches may share names. */
public record TagName(String value) implements Comparable<TagName> {
    public TagName {
        try {
            new BranchName(value);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "a tag name has 1 to 200 of A-Z a-z 0-9 . _ - in parts divided by '/', none of them '.' or '..'",
                    malformed);
        }
    }

    @Override
    public int compareTo(TagName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
