package io.precinct.engine.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compiles the schema language (.pg). Stateless. */
public final class SchemaCompiler {
    private SchemaCompiler() {}

    /**
     * Reads, checks and identifies a first schema: interfaces are expanded into their nodes, and ids are given from one
     * counter, to interfaces, node types and edge types by name, then to the properties of each in turn by name.
     *
     * @throws io.precinct.engine.EngineException with {@code Invalid} and every error of the text, or with
     *     {@code NotSupportedYet} when the text is right and uses what the engine doesn't execute
     */
    public static Schema compile(String source) {
        return compile(source, Optional.empty()).schema();
    }

    /**
     * The same for a text that shall follow {@code accepted}: what goes on keeps its identity, under its name or under
     * the one that {@code @rename_from} gives it.
     */
    static Compiled compile(String source, Optional<Schema> accepted) {
        SourceText text = new SourceText(source);
        Findings findings = new Findings();
        Optional<Declarations> declarations = DeclarationReader.read(text, findings);
        Optional<Compiled> compiled = declarations.map(d -> new SchemaChecker(source, d, accepted, findings).check());
        findings.throwIfAny();
        return compiled.orElseThrow(() -> new IllegalStateException("a text without schema has no errors either"));
    }

    /**
     * @param backfills what existing entities get in a property that becomes required, in the Java form of its type
     * @param notes on hints that do nothing
     */
    record Compiled(Schema schema, Map<PropertyId, Object> backfills, List<Diagnostic> notes) {
        Compiled {
            notes = List.copyOf(notes);
            backfills = Map.copyOf(backfills);
        }
    }
}
