package io.precinct.engine;

import io.precinct.engine.schema.SchemaPlan;
import java.util.Optional;

/**
 * What one schema change did. {@code commit} is empty when the branch had a schema of the same shape already; then
 * nothing was written.
 */
public record SchemaReceipt(BranchName branch, Optional<CommitInfo> commit, SchemaPlan plan) {
    public boolean applied() {
        return commit.isPresent();
    }
}
