package io.precinct.platform.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The CycloneDX bill of materials of this build as JSONL records of components, licences and the edges between them. */
final class BillOfMaterials {
    static final String RESOURCE = "/META-INF/sbom/bom.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> keyByReference = new HashMap<>();
    private final Map<String, ObjectNode> components = new LinkedHashMap<>();
    private final Map<String, ObjectNode> licences = new LinkedHashMap<>();
    private final Set<Edge> licensed = new LinkedHashSet<>();
    private final Set<Edge> dependsOn = new LinkedHashSet<>();

    private record Edge(String from, String to) {}

    private BillOfMaterials() {}

    static BillOfMaterials ofThisBuild() throws IOException {
        try (InputStream in = BillOfMaterials.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("this build has no bill of materials at " + RESOURCE);
            }
            return read(JSON.readTree(in));
        }
    }

    static BillOfMaterials read(JsonNode bom) {
        BillOfMaterials bill = new BillOfMaterials();
        bill.component(bom.path("metadata").path("component"));
        bom.path("components").forEach(bill::component);
        for (JsonNode dependency : bom.path("dependencies")) {
            String from = bill.keyByReference.get(dependency.path("ref").asText());
            for (JsonNode target : dependency.path("dependsOn")) {
                String to = bill.keyByReference.get(target.asText());
                if (from != null && to != null && !from.equals(to)) {
                    bill.dependsOn.add(new Edge(from, to));
                }
            }
        }
        return bill;
    }

    int componentCount() {
        return components.size();
    }

    void writeTo(Writer out) throws IOException {
        for (ObjectNode component : components.values()) {
            node(out, "Component", component);
        }
        for (ObjectNode licence : licences.values()) {
            node(out, "Licence", licence);
        }
        for (Edge edge : dependsOn) {
            edge(out, "DependsOn", edge);
        }
        for (Edge edge : licensed) {
            edge(out, "LicensedUnder", edge);
        }
    }

    private void component(JsonNode component) {
        String purl = component.path("purl").asText("");
        if (purl.isEmpty()) {
            return;
        }
        // Artifacts of one version that differ in classifier or packaging only are one component.
        String key = purl.replaceFirst("[?#].*", "");
        keyByReference.put(component.path("bom-ref").asText(purl), key);
        ObjectNode data = JSON.createObjectNode().put("purl", key);
        if (component.hasNonNull("group")) {
            data.put("namespace", component.get("group").asText());
        }
        data.put("name", component.path("name").asText());
        data.put("version", component.path("version").asText());
        data.put("kind", kind(component.path("type").asText()));
        if (components.putIfAbsent(key, data) != null) {
            return;
        }
        for (JsonNode entry : component.path("licenses")) {
            JsonNode licence = entry.path("license");
            String name = licence.path("name").asText(entry.path("expression").asText(""));
            String code = licence.path("id").asText(name);
            if (!code.isEmpty()) {
                licences.putIfAbsent(
                        code, JSON.createObjectNode().put("code", code).put("name", name.isEmpty() ? code : name));
                licensed.add(new Edge(key, code));
            }
        }
    }

    private static String kind(String type) {
        return switch (type) {
            case "application", "library", "framework" -> type;
            default -> "other";
        };
    }

    private static void node(Writer out, String type, ObjectNode data) throws IOException {
        line(out, JSON.createObjectNode().put("type", type).set("data", data));
    }

    private static void edge(Writer out, String type, Edge edge) throws IOException {
        line(
                out,
                JSON.createObjectNode()
                        .put("edge", type)
                        .put("from", edge.from())
                        .put("to", edge.to()));
    }

    private static void line(Writer out, JsonNode record) throws IOException {
        out.write(JSON.writeValueAsString(record));
        out.write('\n');
    }
}
