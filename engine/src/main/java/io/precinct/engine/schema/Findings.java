package io.precinct.engine.schema;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Collects what is wrong with one text. Errors come before unsupported features: a text is refused as not supported
 * only when nothing else is wrong with it. Confined to one compilation.
 */
public final class Findings {
    /** Enough to work with; a text with more errors is not the text that was meant. */
    private static final int MOST = 200;

    private record Unsupported(UnsupportedFeature feature, Diagnostic.Span span) {}

    private final List<Diagnostic> errors = new ArrayList<>();
    private final List<Unsupported> unsupported = new ArrayList<>();

    public void error(String code, String message, Diagnostic.Span span) {
        Diagnostic found = Diagnostic.error(code, message, span);
        if (errors.size() < MOST && !errors.contains(found)) {
            errors.add(found);
        }
    }

    public void unsupported(UnsupportedFeature feature, Diagnostic.Span span) {
        unsupported.add(new Unsupported(feature, span));
    }

    /** More errors aren't kept. */
    boolean full() {
        return errors.size() >= MOST;
    }

    public boolean failed() {
        return !errors.isEmpty();
    }

    /** Throws {@code Invalid} with every error in order of place, else {@code NotSupportedYet} with the first place. */
    public void throwIfAny() {
        if (!errors.isEmpty()) {
            throw new EngineException(new EngineFailure.Invalid(errors.stream()
                    .sorted(Comparator.comparingInt(
                            d -> d.span().map(Diagnostic.Span::start).orElse(0)))
                    .toList()));
        }
        unsupported.stream().min(Comparator.comparingInt(u -> u.span().start())).ifPresent(first -> {
            throw new EngineException(
                    new EngineFailure.NotSupportedYet(first.feature().words(), Optional.of(first.span())));
        });
    }
}
