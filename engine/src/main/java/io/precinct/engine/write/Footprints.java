package io.precinct.engine.write;

import io.precinct.engine.manifest.Footprint;
import io.precinct.engine.schema.TypeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Gathers what one preparation relied on; a type on which it relied in too many ids becomes relied on as a whole. */
final class Footprints {
    /** Ids kept per type and role, and in change sets; beyond it the record would outgrow its bound. */
    static final int BOUND = 2_048;

    private final Map<TypeId, OfType> types = new HashMap<>();

    static final class OfType {
        private boolean whole;
        private final Set<String> written = new HashSet<>();
        private final Set<String> absent = new HashSet<>();
        private final Set<String> present = new HashSet<>();
        private final Set<String> incident = new HashSet<>();

        void whole() {
            whole = true;
        }

        void written(String id) {
            add(written, id);
        }

        void absent(String id) {
            add(absent, id);
        }

        void present(String id) {
            add(present, id);
        }

        void incident(String node) {
            add(incident, node);
        }

        private void add(Set<String> ids, String id) {
            if (whole) {
                return;
            }
            ids.add(id);
            whole = ids.size() > BOUND;
        }

        private Footprint.OfType build() {
            return whole
                    ? new Footprint.OfType(true, Set.of(), Set.of(), Set.of(), Set.of())
                    : new Footprint.OfType(false, written, absent, present, incident);
        }
    }

    OfType of(TypeId type) {
        return types.computeIfAbsent(type, id -> new OfType());
    }

    Footprint build() {
        Map<TypeId, Footprint.OfType> built = new HashMap<>();
        types.forEach((type, reliance) -> built.put(type, reliance.build()));
        return new Footprint(built);
    }
}
