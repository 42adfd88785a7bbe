package io.precinct.engine.schema;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What leads from one schema to another. Immutable.
 *
 * @param desired with the identities of what goes on
 * @param steps in the order of {@link SchemaPlanner}; empty when both have the same shape
 * @param warnings about what may not have been meant; they stop nothing
 * @param backfills what existing entities get, in the Java form of the property's new type
 */
public record SchemaPlan(
        Schema accepted,
        Schema desired,
        List<SchemaStep> steps,
        List<Diagnostic> warnings,
        Map<PropertyId, Object> backfills) {
    public SchemaPlan {
        steps = List.copyOf(steps);
        warnings = List.copyOf(warnings);
        backfills = Map.copyOf(backfills);
    }

    /** Whether nothing in it is refused. Data may still stand against a validated step. */
    public boolean supported() {
        return steps.stream().noneMatch(SchemaStep.UnsupportedChange.class::isInstance);
    }

    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /** @throws EngineException with {@code Invalid} and every refusal, first the first step's */
    public void requireSupported() {
        List<Diagnostic> refused = new ArrayList<>();
        for (SchemaStep step : steps) {
            if (step instanceof SchemaStep.UnsupportedChange change) {
                refused.add(new Diagnostic(
                        change.refusal().code(),
                        Diagnostic.Severity.ERROR,
                        "[" + change.refusal().code() + "] " + change.entity() + ": " + change.reason(),
                        Optional.empty(),
                        0));
            }
        }
        if (!refused.isEmpty()) {
            throw new EngineException(new EngineFailure.Invalid(refused));
        }
    }
}
