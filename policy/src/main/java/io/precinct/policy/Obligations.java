package io.precinct.policy;

import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.RowAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What holds for an allowed operation. Total: {@code types} has one entry for every touched type, a refused one
 * included; a type without an entry does not exist for the caller.
 *
 * @param types what the caller may see and change, by type
 * @param writeTypes the types for which writing was decided; a subset of the granted {@code types}
 * @param limits the most the operation may take
 * @param require what the host must see done before it runs the operation
 */
public record Obligations(Map<String, RowAccess> types, Set<String> writeTypes, Limits limits, Require require) {

    /** The obligations of a denial. */
    public static final Obligations NOTHING =
            new Obligations(Map.of(), Set.of(), Limits.ZERO, new Require(false, false));

    /**
     * @param approval a second person has to approve
     * @param stepUp the caller has to show a second factor
     */
    public record Require(boolean approval, boolean stepUp) {}

    public Obligations {
        types = Map.copyOf(types);
        writeTypes = Set.copyOf(writeTypes);
        for (String type : writeTypes) {
            RowAccess access = types.get(type);
            if (access == null || !access.granted()) {
                throw new IllegalArgumentException("writing was decided for a type that is not granted: " + type);
            }
        }
    }

    /** The gate that holds an engine to these obligations. Immutable and safe for any thread. */
    public AccessGate gate() {
        return new DecidedGate(this);
    }

    private record DecidedGate(Obligations decided) implements AccessGate {
        @Override
        public RowAccess access(String typeName) {
            return decided.types.getOrDefault(typeName, RowAccess.NONE);
        }

        @Override
        public Verdict verdict(List<TypeChange> changes) {
            List<String> reasons = new ArrayList<>();
            for (TypeChange change : changes) {
                boolean changed = change.inserted() != 0 || change.updated() != 0 || change.deleted() != 0;
                if (changed && !decided.writeTypes.contains(change.typeName())) {
                    reasons.add("write_not_granted:" + change.typeName());
                }
            }
            return reasons.isEmpty() ? new Verdict.Allowed() : new Verdict.Denied(reasons);
        }
    }
}
