package io.precinct.engine;

import java.util.Map;
import java.util.Optional;

/**
 * What one write did. {@code commit} is the exact commit that was published, or empty when nothing changed.
 *
 * @param entities entities written by type name, loads only counting each line once
 */
public record WriteReceipt(
        BranchName branch,
        Optional<CommitInfo> commit,
        long affectedNodes,
        long affectedEdges,
        Map<String, Long> nodes,
        Map<String, Long> edges) {
    public WriteReceipt {
        nodes = Map.copyOf(nodes);
        edges = Map.copyOf(edges);
    }
}
