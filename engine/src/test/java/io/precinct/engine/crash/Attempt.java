package io.precinct.engine.crash;

import io.precinct.engine.WriteTerms;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One write that a process asks for.
 *
 * @param key {@code <thread>-<number>}, of this write alone
 * @param number what it means is the kind's
 * @param once when it may be asked for again after the process was killed
 */
record Attempt(String key, Kind kind, int number, Optional<WriteTerms.Once> once) {
    enum Kind {
        /** One event. */
        EVENT,
        /** A load of so many events. */
        ROWS,
        /** The thread's register gets the number. */
        SET,
        /** An item named by the key. */
        KEEP,
        /** Deletes the item that the thread's write of that number made. */
        DROP,
        /** So many events, loaded into a branch and merged into the main one. */
        MERGE
    }

    String thread() {
        return key.substring(0, key.lastIndexOf('-'));
    }

    String register() {
        return "register-" + thread();
    }

    /** The item that a {@code KEEP} makes or a {@code DROP} deletes. */
    String item() {
        return kind == Kind.DROP ? thread() + "-" + number : key;
    }

    /** Of the events that it makes. */
    List<String> tags() {
        return switch (kind) {
            case EVENT -> List.of(key);
            case ROWS, MERGE ->
                IntStream.range(0, number).mapToObj(row -> key + "/" + row).toList();
            case SET, KEEP, DROP -> List.of();
        };
    }
}
