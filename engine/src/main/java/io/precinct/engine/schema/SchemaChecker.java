package io.precinct.engine.schema;

import io.precinct.engine.schema.Declarations.Annotation;
import io.precinct.engine.schema.Declarations.Field;
import io.precinct.engine.schema.Declarations.Name;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Checks the declarations of one schema against each other and gives identities. */
final class SchemaChecker {
    private static final Set<String> RESERVED =
            Set.of("_rowid", "_rowaddr", "_rowoffset", "_row_created_at_version", "_row_last_updated_at_version");
    private static final Set<String> NODE_IDENTITY = Set.of("id");
    private static final Set<String> EDGE_IDENTITY = Set.of("id", "src", "dst", "from", "to");

    private final String source;
    private final Declarations declarations;
    private final Optional<Schema> accepted;
    private final Findings findings;
    private final Map<PropertyId, Object> backfills = new HashMap<>();
    private final List<Diagnostic> ignoredHints = new ArrayList<>();

    SchemaChecker(String source, Declarations declarations, Optional<Schema> accepted, Findings findings) {
        this.source = source;
        this.declarations = declarations;
        this.accepted = accepted;
        this.findings = findings;
    }

    /** The schema; meaningful only when no error was found. */
    SchemaCompiler.Compiled check() {
        Map<String, Declarations.Interface> interfaces = new LinkedHashMap<>();
        for (Declarations.Interface declared : declarations.interfaces()) {
            distinct(interfaces, declared.name(), declared, "interface");
            fields(declared.name().text(), declared.fields(), RESERVED);
            for (Field field : declared.fields()) {
                Annotations.renaming(
                        field.annotations(),
                        declared.name().text() + "." + field.name().text(),
                        this::error);
            }
        }
        Map<String, Declarations.Node> nodes = new TreeMap<>();
        declarations.nodes().forEach(node -> distinct(nodes, node.name(), node, "node"));
        Map<String, Declarations.Edge> edges = new TreeMap<>();
        declarations.edges().forEach(edge -> distinct(edges, edge.name(), edge, "edge"));
        caseCollisions();

        Map<String, TypeDraft> nodeDrafts = new TreeMap<>();
        nodes.forEach((name, node) -> nodeDrafts.put(name, draft(node, interfaces)));
        Map<String, TypeDraft> edgeDrafts = new TreeMap<>();
        edges.forEach((name, edge) -> edgeDrafts.put(name, draft(edge, nodes)));
        Schema schema = identified(interfaces, nodeDrafts, edges, edgeDrafts);
        return new SchemaCompiler.Compiled(schema, backfills, ignoredHints);
    }

    private <T> void distinct(Map<String, T> declared, Name name, T declaration, String kind) {
        if (declared.putIfAbsent(name.text(), declaration) != null) {
            error(SchemaCode.DUPLICATE_TYPE, kind + " " + name.text() + " is declared twice", name.span());
        }
    }

    private void caseCollisions() {
        Map<String, String> folded = new HashMap<>();
        for (Declarations.Edge edge : declarations.edges()) {
            String name = edge.name().text();
            String other = folded.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
            if (other != null && !other.equals(name)) {
                error(
                        SchemaCode.CASE_COLLISION,
                        "edge name collision after case folding: " + name + " and " + other,
                        edge.name().span());
            }
        }
    }

    private Map<String, Field> fields(String owner, List<Field> declared, Set<String> refused) {
        Map<String, Field> fields = new LinkedHashMap<>();
        for (Field field : declared) {
            String place = owner + "." + field.name().text();
            if (RESERVED.contains(field.name().text())) {
                error(
                        SchemaCode.RESERVED_NAME,
                        place + ": this name is reserved for the storage layer",
                        field.name().span());
            } else if (refused.contains(field.name().text())) {
                error(
                        SchemaCode.IDENTITY_NAME,
                        place + ": '" + field.name().text()
                                + "' names the identity or an end of every entity; choose another name",
                        field.name().span());
            }
            if (fields.putIfAbsent(field.name().text(), field) != null) {
                error(
                        SchemaCode.DUPLICATE_PROPERTY,
                        place + " is declared twice",
                        field.name().span());
            }
        }
        return fields;
    }

    private TypeDraft draft(Declarations.Node node, Map<String, Declarations.Interface> interfaces) {
        String owner = node.name().text();
        List<String> implemented =
                node.interfaces().stream().map(Name::text).distinct().toList();
        TypeDraft draft = TypeDraft.of(true, node.name(), implemented, node.constraints(), node.annotations());
        draft.fields().putAll(fields(owner, node.fields(), NODE_IDENTITY));
        Map<String, Field> injected = new HashMap<>();
        for (Name name : node.interfaces()) {
            Declarations.Interface contract = interfaces.get(name.text());
            if (contract == null) {
                error(
                        SchemaCode.UNKNOWN_INTERFACE,
                        owner + " implements " + name.text() + ", which is not declared"
                                + Spelling.hint(name.text(), interfaces.keySet()),
                        name.span());
                continue;
            }
            contract.fields().forEach(field -> inject(draft, injected, name, field));
        }
        finish(draft, node.annotations());
        return draft;
    }

    private void inject(TypeDraft draft, Map<String, Field> injected, Name contract, Field field) {
        String name = field.name().text();
        String place = draft.name().text() + "." + name;
        Field earlier = injected.get(name);
        if (earlier != null) {
            if (!Annotations.sameMeaning(earlier, field)) {
                error(
                        SchemaCode.INTERFACE_CONTRIBUTIONS,
                        place + ": two interfaces contribute this property with different types or annotations",
                        contract.span());
            }
            return;
        }
        Field own = draft.fields().get(name);
        if (own == null) {
            if (NODE_IDENTITY.contains(name)) {
                error(
                        SchemaCode.IDENTITY_NAME,
                        place + ": '" + name + "' names the identity of every entity; choose another name",
                        field.name().span());
            }
            injected.put(name, field);
            draft.injected().add(name);
            draft.fields().put(name, field);
        } else if (!own.type().equals(field.type())) {
            error(
                    SchemaCode.INTERFACE_CONFLICT,
                    place + " is " + own.type().display() + " here and "
                            + field.type().display() + " in interface " + contract.text(),
                    own.name().span());
        }
    }

    private TypeDraft draft(Declarations.Edge edge, Map<String, Declarations.Node> nodes) {
        TypeDraft draft = TypeDraft.of(false, edge.name(), List.of(), edge.constraints(), edge.annotations());
        draft.fields().putAll(fields(edge.name().text(), edge.fields(), EDGE_IDENTITY));
        for (Name end : List.of(edge.source(), edge.destination())) {
            if (!nodes.containsKey(end.text())) {
                error(
                        SchemaCode.UNKNOWN_ENDPOINT,
                        "edge " + edge.name().text() + " ends at " + end.text() + ", which is not a declared node type"
                                + Spelling.hint(end.text(), nodes.keySet()),
                        end.span());
            }
        }
        finish(draft, edge.annotations());
        return draft;
    }

    private void finish(TypeDraft draft, List<Annotation> annotations) {
        draft.annotations().putAll(Annotations.ofType(annotations, draft.name().text(), this::error));
    }

    private Schema identified(
            Map<String, Declarations.Interface> interfaceDeclarations,
            Map<String, TypeDraft> nodeDrafts,
            Map<String, Declarations.Edge> edgeDeclarations,
            Map<String, TypeDraft> edgeDrafts) {
        List<Identities.Wanted> wanted = new ArrayList<>();
        interfaceDeclarations.values().forEach(contract -> wanted.add(wanted(contract)));
        nodeDrafts.values().forEach(draft -> wanted.add(wanted(TypeKind.NODE, draft)));
        edgeDrafts.values().forEach(draft -> wanted.add(wanted(TypeKind.EDGE, draft)));
        Identities ids = Identities.of(accepted, wanted, findings);
        ignoredHints.addAll(ids.ignored());
        List<InterfaceType> interfaces = interfaceDeclarations.values().stream()
                .map(contract -> contract(contract, ids))
                .sorted(Comparator.comparingInt(i -> i.id().value()))
                .toList();
        List<EntityType.Node> nodes = new ArrayList<>();
        for (TypeDraft draft : nodeDrafts.values()) {
            TypeId id = ids.type(TypeKind.NODE, draft.name().text());
            List<Property> properties = properties(draft, id, ids);
            nodes.add(new EntityType.Node(
                    id,
                    draft.name().text(),
                    draft.interfaces().stream().sorted().toList(),
                    properties,
                    new ConstraintReader(draft, properties, findings).read(),
                    draft.annotations()));
        }
        nodes.sort(Comparator.comparingInt(node -> node.id().value()));
        List<EntityType.Edge> edges = new ArrayList<>();
        for (TypeDraft draft : edgeDrafts.values()) {
            Declarations.Edge declared = edgeDeclarations.get(draft.name().text());
            TypeId id = ids.type(TypeKind.EDGE, draft.name().text());
            List<Property> properties = properties(draft, id, ids);
            edges.add(new EntityType.Edge(
                    id,
                    draft.name().text(),
                    ids.type(TypeKind.NODE, declared.source().text()),
                    ids.type(TypeKind.NODE, declared.destination().text()),
                    declared.least(),
                    declared.most(),
                    properties,
                    new ConstraintReader(draft, properties, findings).read(),
                    draft.annotations()));
        }
        edges.sort(Comparator.comparingInt(edge -> edge.id().value()));
        return findings.failed()
                ? new Schema(source, "", interfaces, nodes, edges, ids.next())
                : SchemaJson.hashed(source, interfaces, nodes, edges, ids.next());
    }

    private static Identities.Wanted wanted(TypeKind kind, TypeDraft draft) {
        return new Identities.Wanted(
                kind,
                draft.name(),
                draft.renamedFrom(),
                draft.members().stream()
                        .map(field -> wanted(
                                field, draft.injected().contains(field.name().text())))
                        .toList());
    }

    private static Identities.Wanted wanted(Declarations.Interface contract) {
        Map<String, Identities.WantedProperty> properties = new LinkedHashMap<>();
        contract.fields().forEach(field -> properties.putIfAbsent(field.name().text(), wanted(field, false)));
        return new Identities.Wanted(
                TypeKind.INTERFACE, contract.name(), Optional.empty(), List.copyOf(properties.values()));
    }

    private static Identities.WantedProperty wanted(Field field, boolean inherited) {
        return new Identities.WantedProperty(field.name(), Annotations.renamedFrom(field.annotations()), inherited);
    }

    private static InterfaceType contract(Declarations.Interface declared, Identities ids) {
        TypeId id = ids.type(TypeKind.INTERFACE, declared.name().text());
        return new InterfaceType(
                id,
                declared.name().text(),
                declared.fields().stream()
                        .map(field ->
                                Annotations.member(ids.property(id, field.name().text()), field))
                        .sorted(Comparator.comparingInt(m -> m.property().id().value()))
                        .toList());
    }

    private List<Property> properties(TypeDraft draft, TypeId owner, Identities ids) {
        List<Field> fields = draft.members().stream()
                .sorted(Comparator.comparingInt(
                        field -> ids.property(owner, field.name().text()).value()))
                .toList();
        Set<String> textual = new HashSet<>();
        fields.stream()
                .filter(f -> f.type().scalar() == Scalar.STRING && !f.type().list())
                .forEach(f -> textual.add(f.name().text()));
        List<Property> properties = new ArrayList<>();
        for (Field field : fields) {
            PropertyId id = ids.property(owner, field.name().text());
            String place = draft.name().text() + "." + field.name().text();
            Map<String, String> annotations = Annotations.ofProperty(field, place, draft.node(), textual, this::error);
            Backfill.value(field).ifPresent(value -> backfills.put(id, value));
            properties.add(new Property(id, field.name().text(), field.type(), annotations));
        }
        return properties;
    }

    private void error(SchemaCode code, String message, Diagnostic.Span span) {
        findings.error(code.code(), message, span);
    }
}
