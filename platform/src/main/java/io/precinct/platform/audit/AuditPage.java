package io.precinct.platform.audit;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.util.List;
import java.util.Optional;

/** Records newest first, and the cursor of the next page unless this was the last one. */
public record AuditPage(List<Line> records, Optional<String> nextCursor) {
    public AuditPage {
        records = List.copyOf(records);
    }

    /** {@code record} is the canonical JSON that {@code hash} proves together with {@code prevHash}. */
    public record Line(
            String id, long sequence, @JsonRawValue String record, String prevHash, String hash) {}
}
