package io.precinct.engine.schema;

import io.precinct.engine.schema.Declarations.Annotation;
import io.precinct.engine.schema.Declarations.Field;
import io.precinct.engine.schema.Declarations.Name;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/** A node or edge type whose members are gathered and not yet identified. */
record TypeDraft(
        boolean node,
        Name name,
        List<String> interfaces,
        SequencedMap<String, Field> fields,
        List<Annotation> constraints,
        Map<String, String> annotations) {

    static TypeDraft of(boolean node, Name name, List<String> interfaces, List<Annotation> constraints) {
        return new TypeDraft(node, name, interfaces, new LinkedHashMap<>(), constraints, new TreeMap<>());
    }

    Collection<Field> members() {
        return fields.values();
    }
}
