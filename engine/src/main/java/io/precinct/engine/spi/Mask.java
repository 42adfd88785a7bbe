package io.precinct.engine.spi;

/**
 * How one property is hidden from the caller. The mask holds for every row for which {@code shownWhere} is false:
 * a grant that covers a row and shows the property lifts it for that row only.
 *
 * @param kind what the caller reads instead of the value
 * @param shownWhere rows whose true value the caller may read; {@link Condition#NEVER} for none
 */
public record Mask(Kind kind, Condition shownWhere) {
    public enum Kind {
        /** The value reads as null. */
        NULL,
        /** The value reads as a keyed digest of its text, equal for equal values of one graph; String properties only. */
        HASH
    }
}
