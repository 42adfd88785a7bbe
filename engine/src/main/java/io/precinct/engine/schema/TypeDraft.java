package io.precinct.engine.schema;

import io.precinct.engine.schema.Declarations.Annotation;
import io.precinct.engine.schema.Declarations.Field;
import io.precinct.engine.schema.Declarations.Name;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * A node or edge type whose members are gathered and not yet identified.
 *
 * @param injected names of the fields that come from an interface and not from the type's own text
 */
record TypeDraft(
        boolean node,
        Name name,
        List<String> interfaces,
        SequencedMap<String, Field> fields,
        Set<String> injected,
        List<Annotation> constraints,
        Map<String, String> annotations,
        Optional<Name> renamedFrom) {

    static TypeDraft of(
            boolean node,
            Name name,
            List<String> interfaces,
            List<Annotation> constraints,
            List<Annotation> annotations) {
        return new TypeDraft(
                node,
                name,
                interfaces,
                new LinkedHashMap<>(),
                new HashSet<>(),
                constraints,
                new TreeMap<>(),
                Annotations.renamedFrom(annotations));
    }

    Collection<Field> members() {
        return fields.values();
    }
}
