package io.precinct.engine.schema;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one text. Confined to one compilation. */
public final class Findings {
    /** Enough to work with; a text with more errors is not the text that was meant. */
    private static final int MOST = 200;

    private final List<Diagnostic> errors = new ArrayList<>();

    public void error(String code, String message, Diagnostic.Span span) {
        Diagnostic found = Diagnostic.error(code, message, span);
        if (errors.size() < MOST && !errors.contains(found)) {
            errors.add(found);
        }
    }

    /** More errors aren't kept. */
    boolean full() {
        return errors.size() >= MOST;
    }

    public boolean failed() {
        return !errors.isEmpty();
    }

    /** Throws {@code Invalid} with every error in order of place. */
    public void throwIfAny() {
        if (!errors.isEmpty()) {
            throw new EngineException(new EngineFailure.Invalid(errors.stream()
                    .sorted(Comparator.comparingInt(
                            d -> d.span().map(Diagnostic.Span::start).orElse(0)))
                    .toList()));
        }
    }
}
