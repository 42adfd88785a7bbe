package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OverlayTest {
    private static Overlay.Entry row(long value, boolean inBase) {
        return new Overlay.Entry(
                Optional.of(new EntityRow("a", 1, Optional.empty(), List.of(Optional.of("a"), Optional.of(value)))),
                inBase);
    }

    private static final Overlay.Entry GONE = new Overlay.Entry(Optional.empty(), true);

    @Test
    void theLastEntryWinsAndTheBaseIsRememberedFromTheFirst() {
        Overlay updated = Overlay.EMPTY.with(Map.of("a", row(1, false))).with(Map.of("a", row(2, true)));
        assertThat(updated.entries()).isEqualTo(Map.of("a", row(2, false)));
        assertThat(updated.rowsAdded()).isEqualTo(1);
    }

    @Test
    void whatWasNeverInTheBaseLeavesNoTraceWhenDeleted() {
        Overlay none = Overlay.EMPTY.with(Map.of("a", row(1, false))).with(Map.of("a", GONE));
        assertThat(none.isEmpty()).isTrue();
        assertThat(none.rowsAdded()).isZero();
    }

    @Test
    void aRowOfTheBaseStaysHiddenWhenDeletedAndInsertedAgain() {
        Overlay deleted = Overlay.EMPTY.with(Map.of("a", GONE));
        assertThat(deleted.rowsAdded()).isEqualTo(-1);
        Overlay again = deleted.with(Map.of("a", row(3, false)));
        assertThat(again.entries()).isEqualTo(Map.of("a", row(3, true)));
        assertThat(again.rowsAdded()).isZero();
        assertThat(deleted.entries()).as("overlays don't change").isEqualTo(Map.of("a", GONE));
    }
}
