package io.precinct.engine.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.Tag;
import io.precinct.engine.TagName;
import io.precinct.engine.Target;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A whole store as one text, to be kept for ever: each file packed and in base 64, and beside them what every branch, tag and
 * commit held when it was written, as lines of an export.
 *
 * @param files content by path below the store's root
 * @param graphs by name, what each target of the graph holds
 */
record StorePage(Map<String, byte[]> files, Map<String, Map<Target, String>> graphs) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Everything below the root of a closed store, but for the temporary files of graphs. */
    static Map<String, byte[]> filesOf(Path root) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String file : StoreFiles.all(root)) {
            if (!file.contains("/+tmp/")) {
                files.put(file, Files.readAllBytes(root.resolve(file)));
            }
        }
        return files;
    }

    /** What every branch, tag and commit that can be read holds now. */
    static Map<Target, String> contentOf(SmallGraph graph) throws IOException {
        Map<Target, String> content = new LinkedHashMap<>();
        for (BranchName branch : graph.graph().branches()) {
            content.put(new Target.Branch(branch), graph.export(new Target.Branch(branch)));
            for (CommitInfo commit : graph.graph().commits(branch, Optional.empty(), 1_000)) {
                Target at = new Target.AtCommit(commit.id());
                content.put(at, graph.export(at));
            }
        }
        for (Tag tag : graph.graph().tags()) {
            content.put(new Target.AtTag(tag.name()), graph.export(new Target.AtTag(tag.name())));
        }
        return content;
    }

    void write(Path file) throws IOException {
        ObjectNode page = JSON.createObjectNode();
        ObjectNode packed = page.putObject("files");
        for (Map.Entry<String, byte[]> one : files.entrySet()) {
            packed.put(one.getKey(), Base64.getEncoder().encodeToString(packed(one.getValue())));
        }
        // Most commits hold what others hold: each line is written once, and a content is the numbers of its lines.
        ArrayNode lines = page.putArray("lines");
        Map<String, Integer> numbers = new LinkedHashMap<>();
        ObjectNode all = page.putObject("graphs");
        for (Map.Entry<String, Map<Target, String>> graph : graphs.entrySet()) {
            ObjectNode node = all.putObject(graph.getKey());
            for (Map.Entry<Target, String> one : graph.getValue().entrySet()) {
                List<String> content = new ArrayList<>();
                for (String line : one.getValue().lines().toList()) {
                    if (!numbers.containsKey(line)) {
                        numbers.put(line, numbers.size());
                        lines.add(line);
                    }
                    content.add(String.valueOf(numbers.get(line)));
                }
                node.put(name(one.getKey()), String.join(" ", content));
            }
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, JSON.writeValueAsString(page) + "\n");
    }

    static StorePage read(Path file) throws IOException {
        JsonNode page = JSON.readTree(Files.readString(file));
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> one : page.get("files").properties()) {
            files.put(
                    one.getKey(),
                    unpacked(Base64.getDecoder().decode(one.getValue().asText())));
        }
        Map<String, Map<Target, String>> graphs = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> graph : page.get("graphs").properties()) {
            Map<Target, String> targets = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> target : graph.getValue().properties()) {
                StringBuilder content = new StringBuilder();
                for (String number : target.getValue().asText().split(" ")) {
                    if (!number.isEmpty()) {
                        content.append(page.get("lines")
                                        .get(Integer.parseInt(number))
                                        .asText())
                                .append('\n');
                    }
                }
                targets.put(target(target.getKey()), content.toString());
            }
            graphs.put(graph.getKey(), targets);
        }
        return new StorePage(files, graphs);
    }

    void unpack(Path root) throws IOException {
        for (Map.Entry<String, byte[]> one : files.entrySet()) {
            Path file = root.resolve(one.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, one.getValue());
        }
    }

    private static String name(Target target) {
        return switch (target) {
            case Target.Branch branch -> "branch " + branch.name();
            case Target.AtCommit commit -> "commit " + commit.id();
            case Target.AtTag tag -> "tag " + tag.name().value();
            case Target.AtTime time -> throw new IllegalArgumentException("no state for ever: " + time);
        };
    }

    private static Target target(String name) {
        String[] words = name.split(" ", 2);
        return switch (words[0]) {
            case "branch" -> new Target.Branch(new BranchName(words[1]));
            case "commit" -> new Target.AtCommit(new CommitId(words[1]));
            case "tag" -> new Target.AtTag(new TagName(words[1]));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] unpacked(byte[] bytes) throws IOException {
        try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return zip.readAllBytes();
        }
    }
}
