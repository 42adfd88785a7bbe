package io.precinct.engine.storage;

import java.util.List;
import org.lance.compaction.RewriteResult;

/** The executed tasks of a compaction plan of {@code base}. */
record RewrittenFragments(Pin base, List<RewriteResult> results) implements TableStore.Compaction {
    RewrittenFragments {
        results = List.copyOf(results);
    }

    @Override
    public int groups() {
        return results.size();
    }

    @Override
    public long rows() {
        return results.stream()
                .flatMap(r -> r.getNewFragments().stream())
                .mapToLong(f -> f.getNumRows())
                .sum();
    }
}
