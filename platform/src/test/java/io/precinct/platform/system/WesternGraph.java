package io.precinct.platform.system;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The demonstration's source data as plain lists, and the part of it that holds only the western airports. */
final class WesternGraph {
    static final Set<String> STATES =
            Set.of("WA", "OR", "CA", "NV", "ID", "MT", "WY", "UT", "CO", "AZ", "NM", "AK", "HI");

    final List<Map<String, String>> allAirports = rows("airports.csv");
    final List<Map<String, String>> allRoutes = rows("flights-airport.csv");
    final List<Map<String, String>> airports = allAirports.stream()
            .filter(row -> STATES.contains(row.get("state")))
            .toList();
    final Set<String> ids = airports.stream().map(row -> row.get("iata")).collect(Collectors.toSet());
    final List<Map<String, String>> routes = allRoutes.stream()
            .filter(row -> ids.contains(row.get("origin")) && ids.contains(row.get("destination")))
            .toList();

    /** Airports one hop from {@code start}, in this part. */
    Set<String> next(Set<String> start) {
        return routes.stream()
                .filter(row -> start.contains(row.get("origin")))
                .map(row -> row.get("destination"))
                .collect(Collectors.toSet());
    }

    private static List<Map<String, String>> rows(String file) {
        try (InputStream in = WesternGraph.class.getResourceAsStream("/demo/skyways/" + file);
                MappingIterator<Map<String, String>> rows = new CsvMapper()
                        .readerForMapOf(String.class)
                        .with(CsvSchema.emptySchema().withHeader())
                        .readValues(in)) {
            return rows.readAll();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
