package io.precinct.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a graph must hold after everything that journals tell: what was acknowledged, and nothing that was refused. */
final class Expected {
    private final Map<String, Attempt> attempts = new LinkedHashMap<>();
    private final Map<String, Journal.Told> told = new HashMap<>();
    private final List<Journal.Told> broken = new ArrayList<>();

    private Expected() {}

    static Expected of(List<Journal.Line> lines) {
        Expected expected = new Expected();
        for (Journal.Line line : lines) {
            switch (line) {
                case Journal.Try(Attempt attempt) -> expected.attempts.put(attempt.key(), attempt);
                case Journal.Told answer -> {
                    expected.told.put(answer.key(), answer);
                    if (answer.answer() == Journal.Answer.BROKEN) {
                        expected.broken.add(answer);
                    }
                }
                case Journal.Born born -> {}
                case Journal.Did did -> {}
            }
        }
        return expected;
    }

    /** Empty when nobody was told. */
    private Optional<Boolean> done(Attempt attempt) {
        return Optional.ofNullable(told.get(attempt.key())).flatMap(answer -> switch (answer.answer()) {
            case OK -> Optional.of(true);
            case NO -> Optional.of(false);
            case DOUBT, BROKEN -> Optional.empty();
        });
    }

    void requireHeldBy(Content content) {
        assertThat(broken).as("answers that nobody should be given").isEmpty();
        Map<String, Integer> events = new HashMap<>(content.events());
        Map<String, Set<Optional<Long>>> items = new HashMap<>();
        for (Attempt attempt : attempts.values()) {
            Optional<Boolean> done = done(attempt);
            List<String> tags = attempt.tags();
            long there = tags.stream().filter(events::containsKey).count();
            if (there != tags.size() && there != 0) {
                throw new AssertionError(attempt + " is there in part: " + there + " of " + tags.size());
            }
            if (!tags.isEmpty() && done.isPresent() && done.get() != (there > 0)) {
                throw new AssertionError(
                        attempt + " was told " + told.get(attempt.key()) + ", and there are " + there + " of it");
            }
            for (String tag : tags) {
                if (events.getOrDefault(tag, 1) != 1) {
                    throw new AssertionError(tag + " is there " + events.get(tag) + " times");
                }
                events.remove(tag);
            }
            expectItems(attempt, done, items);
        }
        assertThat(events).as("what nobody asked for").isEmpty();
        assertThat(items.keySet()).containsAll(content.items().keySet());
        items.forEach((name, possible) -> assertThat(possible)
                .as(name)
                .contains(Optional.ofNullable(content.items().get(name))));
    }

    private record Effect(String item, Optional<Long> after) {}

    /** What each item may be after the attempt, by what it may have been before. */
    private static void expectItems(Attempt attempt, Optional<Boolean> done, Map<String, Set<Optional<Long>>> items) {
        Optional<Effect> effect = switch (attempt.kind()) {
            case SET -> Optional.of(new Effect(attempt.register(), Optional.of((long) attempt.number())));
            case KEEP -> Optional.of(new Effect(attempt.item(), Optional.of((long) attempt.number())));
            case DROP -> Optional.of(new Effect(attempt.item(), Optional.empty()));
            case EVENT, ROWS, MERGE -> Optional.empty();
        };
        if (effect.isEmpty()) {
            return;
        }
        Set<Optional<Long>> possible =
                items.computeIfAbsent(effect.get().item(), absent -> new HashSet<>(Set.of(Optional.empty())));
        if (done.orElse(true)) {
            if (done.isPresent()) {
                possible.clear();
            }
            possible.add(effect.get().after());
        }
    }

    String summary() {
        Map<Attempt.Kind, Long> acknowledged = new java.util.TreeMap<>();
        attempts.values().stream()
                .filter(attempt -> done(attempt).orElse(false))
                .forEach(attempt -> acknowledged.merge(attempt.kind(), 1L, Long::sum));
        long unknown =
                attempts.values().stream().filter(one -> done(one).isEmpty()).count();
        long refused = attempts.values().stream()
                .filter(one -> !done(one).orElse(true))
                .count();
        return "acknowledged " + acknowledged + ", refused " + refused + ", unknown " + unknown;
    }
}
