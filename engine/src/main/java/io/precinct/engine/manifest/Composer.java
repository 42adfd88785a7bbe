package io.precinct.engine.manifest;

import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Builds the pin that a write leaves behind from {@code pin ⊕ overlay} of the state it is composed on. The result is
 * detached: nobody sees it until a record names it.
 */
public record Composer(TableStore tables) {
    private static final int BATCH_ROWS = 8_192;

    /**
     * A pin that holds everything up to {@code foldedThrough}; good while the type's pin is still {@code replaces} and
     * nothing later than that was folded.
     */
    public record Detached(Pin pin, long foldedThrough, Pin replaces) {
        /**
         * Whether the type moved on. A fold of entries that cancelled each other out leaves the pin as it was and takes
         * them away: a pin that was made between them holds what they undid, and nothing would undo it any more.
         */
        boolean isOutdatedOn(StreamState.TypeState now) {
            return !replaces.equals(now.pin()) || foldedThrough < now.foldedThrough();
        }
    }

    /** @param sequence of the record that {@code base} is the state after */
    Detached compose(TypeSnapshot base, long sequence, TypeWrite write) {
        return switch (write) {
            case TypeWrite.Fragments fragments ->
                new Detached(fold(base, fragments.added(), fragments.replaced()), sequence, base.pin());
            case TypeWrite.Replacement replacement -> {
                Pin pin = tables.replace(base.pin(), replacement.all());
                expectRows(pin, rows(replacement.all()));
                yield new Detached(pin, sequence, base.pin());
            }
            case TypeWrite.Repin repin -> new Detached(repin.pin(), repin.foldedThrough(), repin.replaces());
            case TypeWrite.Inline inline -> throw new IllegalArgumentException("inline rows move no pin");
        };
    }

    /** The inline write as fragments. */
    TypeWrite.Fragments spill(TypeSnapshot base, CommitRecord.Rows rows) {
        List<EntityRow> all = new ArrayList<>(rows.inserted());
        all.addAll(rows.updated());
        Set<String> replaced = new HashSet<>(rows.deleted());
        rows.updated().forEach(row -> replaced.add(row.id()));
        return new TypeWrite.Fragments(all.isEmpty() ? List.of() : List.of(stage(base, all)), replaced);
    }

    /** The same rows without an overlay; empty when there is none. */
    public Optional<Detached> fold(TypeSnapshot base, long sequence) {
        return base.overlay().isEmpty()
                ? Optional.empty()
                : Optional.of(new Detached(fold(base, List.of(), Set.of()), sequence, base.pin()));
    }

    private Pin fold(TypeSnapshot base, List<TableStore.Staged> added, Set<String> replaced) {
        Set<String> leaving = new HashSet<>();
        List<EntityRow> staying = new ArrayList<>();
        base.overlay().entries().forEach((id, entry) -> {
            if (entry.inBase()) {
                leaving.add(id);
            }
            if (entry.row().isPresent() && !replaced.contains(id)) {
                staying.add(entry.row().get());
            }
        });
        for (String id : replaced) {
            if (!base.overlay().entries().containsKey(id)) {
                leaving.add(id);
            }
        }
        List<TableStore.Staged> joining = new ArrayList<>();
        if (!staying.isEmpty()) {
            joining.add(stage(base, staying));
        }
        joining.addAll(added);
        long expected = base.pin().rows() - leaving.size() + rows(joining);
        Pin pin;
        if (!leaving.isEmpty()) {
            List<Long> addresses = tables.locate(base.pin(), TypeLayout.ID, leaving).stream()
                    .map(TableStore.Located::address)
                    .toList();
            if (addresses.size() != leaving.size()) {
                throw Envelope.corrupt(
                        base.pin().dataset(),
                        "version " + Long.toUnsignedString(base.pin().version()) + " holds " + addresses.size()
                                + " rows of " + leaving.size() + " ids that must be in it once each");
            }
            pin = tables.rewriteRows(base.pin(), addresses, joining);
        } else if (!joining.isEmpty()) {
            pin = tables.append(base.pin(), joining);
        } else {
            pin = base.pin();
        }
        expectRows(pin, expected);
        return pin;
    }

    private static void expectRows(Pin pin, long expected) {
        if (pin.rows() != expected) {
            throw Envelope.corrupt(
                    pin.dataset(),
                    "version " + Long.toUnsignedString(pin.version()) + " has " + pin.rows() + " rows and not "
                            + expected);
        }
    }

    private TableStore.Staged stage(TypeSnapshot base, List<EntityRow> rows) {
        try (var batches = RowVectors.batches(base.type(), rows, tables.allocator(), BATCH_ROWS)) {
            return tables.stage(base.pin(), TypeLayout.arrowSchema(base.type()), batches);
        }
    }

    private static long rows(List<TableStore.Staged> staged) {
        return staged.stream().mapToLong(TableStore.Staged::rows).sum();
    }
}
