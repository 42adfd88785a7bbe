package io.precinct.engine.schema;

/** Codes of the findings about a schema text. Stable: a code is never given another meaning. */
public enum SchemaCode {
    /** The text doesn't follow the grammar. */
    SYNTAX("S1"),
    /** A property has a name that belongs to the storage layer. */
    RESERVED_NAME("S2"),
    /** A vector's dimension is 0 or beyond 2147483647. */
    VECTOR_DIMENSION("S3"),
    /** A list of something that has no lists. */
    LIST_ELEMENT("S4"),
    DUPLICATE_ENUM_VALUE("S5"),
    /** {@code @card} with min above max, or beyond 32 unsigned bits. */
    CARDINALITY("S6"),
    UNKNOWN_INTERFACE("S7"),
    /** A node declares an interface's property with another type. */
    INTERFACE_CONFLICT("S8"),
    /** An annotation of properties stands on a type. */
    TYPE_ANNOTATION("S9"),
    /** An annotation or constraint that edges don't have, or that stands where it isn't allowed. */
    MISPLACED("S10"),
    /** An annotation or constraint that this type of property doesn't have. */
    PROPERTY_TYPE("S11"),
    REPEATED_ANNOTATION("S12"),
    EMBED("S13"),
    INSTRUCTION_ON_PROPERTY("S14"),
    /** {@code @description}, {@code @instruction} or {@code @rename_from} is blank, missing its text or repeated. */
    DOCUMENTATION("S15"),
    UNKNOWN_MEMBER("S16"),
    NULLABLE_KEY("S17"),
    SECOND_KEY("S18"),
    CONSTRAINT_ARGUMENTS("S19"),
    UNKNOWN_TYPE_WORD("S20"),
    RANGE_OPERAND("S21"),
    CHECK_OPERAND("S22"),
    CHECK_PATTERN("S23"),
    /** A property named like an entity's identity or an edge's end. */
    IDENTITY_NAME("S24"),
    /** {@code @backfill} without a value that fits, or where nothing needs one. */
    BACKFILL("S25"),
    DUPLICATE_TYPE("C1"),
    UNKNOWN_ENDPOINT("C2"),
    CASE_COLLISION("C3"),
    DUPLICATE_PROPERTY("C4"),
    /** Two interfaces give one node different versions of one property. */
    INTERFACE_CONTRIBUTIONS("C5");

    private final String code;

    SchemaCode(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }
}
