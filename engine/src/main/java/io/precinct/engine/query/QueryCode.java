package io.precinct.engine.query;

/** Codes of the findings about a query text. Stable: a code is never given another meaning. */
public enum QueryCode {
    /** The text doesn't follow the grammar. */
    SYNTAX("Q000"),
    /** A binding's type is no node type. */
    BINDING_TYPE("T1"),
    INLINE_PROPERTY("T2"),
    /** A literal of the wrong type or outside its enum, in an inline test or an assignment. */
    LITERAL("T3"),
    EDGE("T4"),
    ENDPOINT("T5"),
    PROPERTY("T6"),
    /** Operands that can't be compared or assigned. */
    OPERANDS("T7"),
    AGGREGATE("T8"),
    /** A negation without tie to its surroundings; a projection that is no grouping key. */
    NEGATION_OR_GROUPING("T9"),
    MUTATION_TYPE("T10"),
    MUTATION_PROPERTY("T11"),
    MISSING_ASSIGNMENT("T12"),
    REPEATED_ASSIGNMENT("T13"),
    MUTATION_VARIABLE("T14"),
    HOPS("T15"),
    UPDATE_OF_EDGE("T16"),
    /** The query of nearest is no vector of the property's dimension and no text, or the property no vector. */
    NEAREST("T15"),
    NEAREST_WITHOUT_LIMIT("T17"),
    /** Order by nearest together with an alias. */
    NEAREST_AND_ALIAS("T18"),
    /** An argument of search or fuzzy. */
    SEARCH_ARGUMENT("T19"),
    /** An argument of match_text or bm25. */
    TOKEN_ARGUMENT("T20"),
    /** Order by rrf without limit, or a k that is no positive integer. */
    FUSION("T21"),
    UNDIRECTED("T22"),
    EDGE_VARIABLE("T23"),
    /** A Blob is read by an operation of its own. */
    BLOB_VALUE("T24"),
    /** A variable is bound again with another type. */
    REBOUND("G1"),
    /** A bare variable is neither a parameter nor bound. */
    UNKNOWN_VARIABLE("G2"),
    PARAMETER_TYPE("G3"),
    /** A parameter is declared twice or has a reserved name. */
    PARAMETER_NAME("G4"),
    /** A list literal holds lists or values of different types. */
    LIST_LITERAL("G5"),
    DUPLICATE_QUERY("G6"),
    /** An alias stands where only {@code order} can use one, or no projection defines it. */
    ALIAS("G7"),
    /** Nothing that {@code order} can sort by. */
    ORDERING("G8"),
    DUPLICATE_COLUMN("G9"),
    /** A function stands where its value can't be used. */
    FUNCTION("G10"),
    /** Inserts or updates stand beside deletes. */
    MIXED_MUTATION("G11"),
    KEY_ASSIGNMENT("G12"),
    DOCUMENTATION("G13"),
    /** The text of a date or datetime literal is none. */
    CALENDAR("G14"),
    /** The text holds several queries and none was named. */
    QUERY_CHOICE("G15"),
    /** A rank function in {@code order} behind another key. */
    RANK_POSITION("G16");

    private final String code;

    QueryCode(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }
}
