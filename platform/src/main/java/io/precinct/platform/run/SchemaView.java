package io.precinct.platform.run;

import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.schema.Schema;
import java.util.Set;

/** Against how much of a snapshot's schema an operation is understood. */
@FunctionalInterface
interface SchemaView {
    /** All of it. */
    SchemaView WHOLE = snapshot -> new Seen(snapshot.schema(), Set.of());

    Seen of(Snapshot snapshot);

    /**
     * @param schema the types and properties that exist
     * @param readOnly those of its types that the caller may read and not write
     */
    record Seen(Schema schema, Set<String> readOnly) {
        public Seen {
            readOnly = Set.copyOf(readOnly);
        }
    }
}
