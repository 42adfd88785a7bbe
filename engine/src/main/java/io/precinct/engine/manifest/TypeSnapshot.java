package io.precinct.engine.manifest;

import io.precinct.engine.schema.EntityType;
import io.precinct.engine.storage.Pin;

/**
 * The state of one type: {@code pin ⊕ overlay}. Immutable.
 *
 * @param foldedThrough sequence up to which the stream's records are folded into the pin
 */
public record TypeSnapshot(EntityType type, Pin pin, long foldedThrough, Overlay overlay) {
    /** Live entities. */
    public long count() {
        return pin.rows() + overlay.rowsAdded();
    }
}
