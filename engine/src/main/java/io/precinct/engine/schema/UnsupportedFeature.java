package io.precinct.engine.schema;

/**
 * Everything the two languages specify and the engine doesn't execute yet. Text that uses one of these parses, is
 * checked as far as possible and is then refused with its place; nothing of it is ignored.
 */
public enum UnsupportedFeature {
    BLOB("the type Blob"),
    VECTOR("the type Vector"),
    EMBED("@embed"),
    SEARCH("search()"),
    FUZZY("fuzzy()"),
    MATCH_TEXT("match_text()"),
    NEAREST("nearest()"),
    BM25("bm25()"),
    RRF("rrf()");

    private final String words;

    UnsupportedFeature(String words) {
        this.words = words;
    }

    /** For people; starts a sentence that ends in "is not supported yet". */
    public String words() {
        return words;
    }
}
