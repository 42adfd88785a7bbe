package io.precinct.engine.schema;

/** What a declaration declares; in the order in which new identities are given. */
public enum TypeKind {
    INTERFACE("interface"),
    NODE("node"),
    EDGE("edge");

    private final String word;

    TypeKind(String word) {
        this.word = word;
    }

    /** The word of the language. */
    public String word() {
        return word;
    }
}
