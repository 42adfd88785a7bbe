package io.precinct.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * What to merge, and how to settle what the two sides don't agree on.
 *
 * @param source its head when the merge begins is merged; later commits are not
 * @param target gets the commit
 * @param otherwise for conflicts that {@code resolutions} doesn't name
 * @param resolutions by entity; one that names no conflict fails the merge, because it was made for another state
 */
public record MergeRequest(
        BranchName source, BranchName target, Otherwise otherwise, Map<Entity, Resolution> resolutions) {
    public MergeRequest {
        resolutions = Map.copyOf(resolutions);
    }

    /** A merge that fails on any conflict. */
    public MergeRequest(BranchName source, BranchName target) {
        this(source, target, Otherwise.FAIL, Map.of());
    }

    public record Entity(String typeName, String id) {}

    public enum Otherwise {
        FAIL,
        OURS,
        THEIRS
    }

    /** Never settles a broken constraint: only what an entity is to be. */
    public sealed interface Resolution {
        /** As the target has it, deleted if it is deleted there. */
        record Ours() implements Resolution {}

        /** As the source has it, deleted if it is deleted there. */
        record Theirs() implements Resolution {}

        /** {@code properties}: JSON object of all its values, as a load's line has them; an edge keeps ends of ours. */
        record Value(JsonNode properties) implements Resolution {}
    }
}
