package io.precinct.engine.query;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a statement touches, known before it runs: input to the policy decision.
 *
 * @param read node types bound or reached, ends of traversed edges and of edges written
 * @param edges edge types traversed (also in negations)
 * @param write types inserted, updated or deleted, with the edge types that deletes of nodes cascade to
 * @param properties per type the properties named anywhere in the statement
 */
public record TouchedTypes(
        SortedSet<String> read,
        SortedSet<String> edges,
        SortedSet<String> write,
        SortedMap<String, SortedSet<String>> properties) {
    public TouchedTypes {
        read = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(read));
        edges = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(edges));
        write = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(write));
        SortedMap<String, SortedSet<String>> copy = new TreeMap<>();
        properties.forEach(
                (type, names) -> copy.put(type, java.util.Collections.unmodifiableSortedSet(new TreeSet<>(names))));
        properties = java.util.Collections.unmodifiableSortedMap(copy);
    }

    public static TouchedTypes of(
            Set<String> read, Set<String> edges, Set<String> write, Map<String, ? extends Set<String>> properties) {
        SortedMap<String, SortedSet<String>> names = new TreeMap<>();
        properties.forEach((type, set) -> names.put(type, new TreeSet<>(set)));
        return new TouchedTypes(new TreeSet<>(read), new TreeSet<>(edges), new TreeSet<>(write), names);
    }

    /** Every type of every role, once. */
    public SortedSet<String> all() {
        SortedSet<String> all = new TreeSet<>(read);
        all.addAll(edges);
        all.addAll(write);
        return all;
    }
}
