package io.precinct.engine.view;

import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.EntityType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the overlay of a type does to the rows of its image: base rows that it hides and rows that it adds. Immutable.
 *
 * @param outgoing positions in {@code rows} by source number, edges only; {@code incoming} likewise
 */
record OverlayPart(
        BitSet hidden,
        List<EntityRow> rows,
        Map<Long, Integer> byNumber,
        Map<Long, List<Integer>> outgoing,
        Map<Long, List<Integer>> incoming) {
    static final OverlayPart NONE = new OverlayPart(new BitSet(), List.of(), Map.of(), Map.of(), Map.of());

    static OverlayPart of(TypeSnapshot type, DatasetImage image, EntityNumbers numbers) {
        BitSet hidden = new BitSet();
        List<EntityRow> rows = new ArrayList<>();
        Map<Long, Integer> byNumber = new HashMap<>();
        Map<Long, List<Integer>> outgoing = new HashMap<>();
        Map<Long, List<Integer>> incoming = new HashMap<>();
        boolean edges = type.type() instanceof EntityType.Edge;
        for (Map.Entry<String, Overlay.Entry> entry : type.overlay().entries().entrySet()) {
            String id = entry.getKey();
            if (entry.getValue().inBase()) {
                int row = image.numbers().row(numbers.number(type.type().id(), id));
                if (row >= 0) {
                    hidden.set(row);
                }
            }
            entry.getValue().row().ifPresent(added -> {
                int position = rows.size();
                rows.add(added);
                byNumber.put(added.number(), position);
                if (edges) {
                    EntityRow.Ends ends = added.ends().orElseThrow();
                    outgoing.computeIfAbsent(ends.sourceNumber(), none -> new ArrayList<>())
                            .add(position);
                    incoming.computeIfAbsent(ends.destinationNumber(), none -> new ArrayList<>())
                            .add(position);
                }
            });
        }
        return new OverlayPart(hidden, rows, byNumber, outgoing, incoming);
    }
}
