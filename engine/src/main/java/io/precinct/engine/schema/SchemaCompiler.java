package io.precinct.engine.schema;

import java.util.Optional;

/** Compiles the schema language (.pg). Stateless. */
public final class SchemaCompiler {
    private SchemaCompiler() {}

    /**
     * Reads, checks and identifies a first schema: interfaces are expanded into their nodes, and ids are given from one
     * counter, to node types by name, edge types by name, then to the properties of each in turn by name.
     *
     * @throws io.precinct.engine.EngineException with {@code Invalid} and every error of the text, or with
     *     {@code NotSupportedYet} when the text is right and uses what the engine doesn't execute
     */
    public static Schema compile(String source) {
        SourceText text = new SourceText(source);
        Findings findings = new Findings();
        Optional<Declarations> declarations = DeclarationReader.read(text, findings);
        Optional<Schema> schema = declarations.map(d -> new SchemaChecker(source, d, findings).check());
        findings.throwIfAny();
        return schema.orElseThrow(() -> new IllegalStateException("a text without schema has no errors either"));
    }
}
