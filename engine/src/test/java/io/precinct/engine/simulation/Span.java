package io.precinct.engine.simulation;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a branch was during some time, one after another; an empty moment is one in which there was no such branch. */
record Span(List<Optional<State>> moments) {
    Span {
        moments = List.copyOf(moments);
    }

    List<State> states() {
        return moments.stream().flatMap(Optional::stream).toList();
    }

    boolean wasAbsent() {
        return moments.stream().anyMatch(Optional::isEmpty);
    }

    boolean wasPresent() {
        return moments.stream().anyMatch(Optional::isPresent);
    }

    /** Whether an entity of one of the kinds, or which branch it is, changed. */
    boolean changes(Set<Content.Kind> kinds) {
        for (int at = 1; at < moments.size(); at++) {
            Optional<State> before = moments.get(at - 1);
            Optional<State> after = moments.get(at);
            if (before.isEmpty() || after.isEmpty() || !before.get().stream().equals(after.get().stream())) {
                return true;
            }
            // An update to the same values is a change, too.
            boolean forms =
                    !before.get().content().form().equals(after.get().content().form());
            boolean touched = !Collections.disjoint(
                    kinds, before.get().content().kindsApart(after.get().content()));
            if (forms || touched || before.get().content().equals(after.get().content())) {
                return true;
            }
        }
        return false;
    }
}
