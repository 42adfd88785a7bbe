package io.precinct.engine.write;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the first violations of one write, in the order found. */
final class Findings {
    static final int LIMIT = 100;

    private final List<Diagnostic> found = new ArrayList<>();

    /** {@code line} is 0 where data has no lines. */
    void add(String code, String message, long line) {
        if (!full()) {
            found.add(new Diagnostic(code, Diagnostic.Severity.ERROR, message, Optional.empty(), line));
        }
    }

    void addAll(Findings other) {
        other.found.forEach(d -> add(d.code(), d.message(), d.line()));
    }

    boolean full() {
        return found.size() >= LIMIT;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<Diagnostic> found() {
        return List.copyOf(found);
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new EngineException(new EngineFailure.Invalid(found));
        }
    }

    static EngineException invalid(String code, String message) {
        return new EngineException(new EngineFailure.Invalid(List.of(Diagnostic.atLine(code, message, 0))));
    }
}
