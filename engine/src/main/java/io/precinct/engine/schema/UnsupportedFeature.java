package io.precinct.engine.schema;

/**
 * Everything the two languages specify and the engine doesn't execute yet. Text that uses one of these parses, is
 * checked as far as possible and is then refused with its place; nothing of it is ignored.
 */
public enum UnsupportedFeature {
    BLOB("the type Blob");

    private final String words;

    UnsupportedFeature(String words) {
        this.words = words;
    }

    /** For people; starts a sentence that ends in "is not supported yet". */
    public String words() {
        return words;
    }
}
