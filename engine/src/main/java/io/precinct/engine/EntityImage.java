package io.precinct.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * One entity as it stood in one state.
 *
 * @param properties JSON object in the form of query results; a Blob is left out
 * @param ends of an edge
 */
public record EntityImage(JsonNode properties, Optional<Ends> ends) {
    public record Ends(String from, String to) {}
}
