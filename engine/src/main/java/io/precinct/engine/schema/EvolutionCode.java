package io.precinct.engine.schema;

/**
 * Codes of schema changes: of every refusal, and of the steps that need data to be looked at or that lose some. Stable:
 * a code is never given another meaning. Families: DS drops, MF the form of members, CD constraints and cardinality,
 * BC what identifies, NM names and contracts, ED ends of edges, VE vectors.
 */
public enum EvolutionCode {
    DROP_NODE("OG-DS-102", Tier.DESTRUCTIVE),
    DROP_EDGE("OG-DS-103", Tier.DESTRUCTIVE),
    DROP_PROPERTY("OG-DS-104", Tier.DESTRUCTIVE),
    DROP_VECTOR("OG-DS-105", Tier.DESTRUCTIVE),
    /** A required property without a value for the entities that exist. */
    ADD_REQUIRED("OG-MF-103", Tier.VALIDATED),
    /** Nullable becomes required: no entity may lack the value. */
    TIGHTEN_NULLABLE("OG-MF-104", Tier.VALIDATED),
    /** A change of type that some value might not survive. */
    CHANGE_TYPE("OG-MF-106", Tier.DESTRUCTIVE),
    /** A wider numeric type; every value is kept. */
    WIDEN_TYPE("OG-MF-107", Tier.SAFE),
    /** A wider numeric type under a key whose text would change with it. */
    WIDEN_KEY("OG-BC-102", Tier.DESTRUCTIVE),
    /** {@code @key} added, removed or changed: it makes the ids. */
    CHANGE_KEY("OG-BC-101", Tier.DESTRUCTIVE),
    ADD_CARDINALITY("OG-CD-101", Tier.VALIDATED),
    ADD_UNIQUE("OG-CD-102", Tier.VALIDATED),
    ADD_RANGE("OG-CD-103", Tier.VALIDATED),
    ADD_CHECK("OG-CD-104", Tier.VALIDATED),
    CHANGE_ENDS("OG-ED-101", Tier.DESTRUCTIVE),
    CHANGE_EMBED("OG-VE-101", Tier.DESTRUCTIVE),
    HINT_NAMES_NOTHING("OG-NM-101", Tier.DESTRUCTIVE),
    HINT_OF_ANOTHER_KIND("OG-NM-102", Tier.DESTRUCTIVE),
    TAKEN_TWICE("OG-NM-103", Tier.DESTRUCTIVE),
    HINT_OF_ANOTHER_OWNER("OG-NM-104", Tier.DESTRUCTIVE),
    HINT_IN_A_NEW_TYPE("OG-NM-105", Tier.DESTRUCTIVE),
    DROP_INTERFACE("OG-NM-106", Tier.DESTRUCTIVE),
    CHANGE_IMPLEMENTS("OG-NM-107", Tier.DESTRUCTIVE),
    /** Not an error: a drop and an addition that look like one rename. */
    LOOKS_LIKE_RENAME("OG-NM-201", Tier.SAFE),
    /** Not an error: a hint beside a declaration that goes on under its own name. */
    HINT_IGNORED("OG-NM-202", Tier.SAFE);

    /** What a change may do to data. */
    public enum Tier {
        SAFE,
        /** Goes through when the data keeps what it promises. */
        VALIDATED,
        DESTRUCTIVE
    }

    private final String code;
    private final Tier tier;

    EvolutionCode(String code, Tier tier) {
        this.code = code;
        this.tier = tier;
    }

    public String code() {
        return code;
    }

    public Tier tier() {
        return tier;
    }
}
