package io.precinct.engine.spi;

import java.util.Map;
import java.util.Set;

/**
 * What a caller may see and change of one type. Total: {@link #NONE} says that the type does not exist for the caller.
 *
 * @param granted false: the type does not exist for the caller and every other component is ignored
 * @param rows rows that exist for the caller; an edge needs both its ends visible besides
 * @param masks by property name; a masked property can't be filtered, ordered, grouped, aggregated or joined on
 * @param denied properties that the caller may not name at all
 * @param writes rows the caller may insert, change or delete; tested on the image before and the image after
 */
public record RowAccess(
        boolean granted, Condition rows, Map<String, Mask> masks, Set<String> denied, Condition writes) {
    public static final RowAccess NONE = new RowAccess(false, Condition.NEVER, Map.of(), Set.of(), Condition.NEVER);
    public static final RowAccess ALL = new RowAccess(true, Condition.ALWAYS, Map.of(), Set.of(), Condition.ALWAYS);

    public RowAccess {
        masks = Map.copyOf(masks);
        denied = Set.copyOf(denied);
    }
}
