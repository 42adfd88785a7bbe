package io.precinct.policy.opa;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.precinct.policy.InputPaths;
import io.precinct.policy.InvalidDocumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at Rego as {@code opa parse --format json --json-include locations} prints it: which input paths it reads, and
 * where a negation would open a door. Stateless.
 */
public final class RegoSyntax {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private RegoSyntax() {}

    /**
     * A negation that holds no longer, or a comparison that yields nothing, once a path is undefined.
     *
     * @param row line in the source, from 1
     */
    public record Finding(int row, String problem) {}

    /**
     * The input paths that some modules read. Every reference counts, reachable or not; a step that is not a constant
     * name stands for all names; a bare {@code input} for everything.
     */
    public static InputPaths inputPaths(List<String> syntaxTrees) {
        Set<String> read = new TreeSet<>();
        for (String tree : syntaxTrees) {
            collect(parse(tree), read);
        }
        Set<String> shortest = new TreeSet<>();
        for (String path : read) {
            boolean covered = read.stream()
                    .anyMatch(other -> !other.equals(path) && (other.isEmpty() || path.startsWith(other + ".")));
            if (!covered) {
                shortest.add(path);
            }
        }
        return new InputPaths(shortest);
    }

    private static void collect(JsonNode node, Set<String> read) {
        if (node.isArray() && !node.isEmpty() && isInput(node.get(0))) {
            List<String> steps = new ArrayList<>();
            for (int i = 1; i < node.size() && node.get(i).path("type").asText().equals("string"); i++) {
                steps.add(node.get(i).path("value").asText());
            }
            read.add(String.join(".", steps));
            for (int i = 1; i < node.size(); i++) {
                collect(node.get(i), read);
            }
            return;
        }
        if (isInput(node)) {
            read.add("");
            return;
        }
        node.forEach(part -> collect(part, read));
    }

    private static boolean isInput(JsonNode node) {
        return node.path("type").asText().equals("var")
                && node.path("value").asText().equals("input");
    }

    /** The negations of one module that don't hold when a path in them is undefined; a lint error each. */
    public static List<Finding> negations(String syntaxTree) {
        List<Finding> findings = new ArrayList<>();
        negations(parse(syntaxTree).path("rules"), findings);
        return List.copyOf(findings);
    }

    private static void negations(JsonNode node, List<Finding> findings) {
        JsonNode terms = node.path("terms");
        boolean negated = node.path("negated").asBoolean();
        int row = node.path("location").path("row").asInt();
        if (terms.isArray()
                && !terms.isEmpty()
                && terms.get(0).path("type").asText().equals("ref")) {
            String operator = dotted(terms.get(0).path("value"));
            List<JsonNode> paths = new ArrayList<>();
            for (int i = 1; i < terms.size(); i++) {
                if (isPath(terms.get(i))) {
                    paths.add(terms.get(i));
                }
            }
            if (negated && !operator.equals("equal") && !paths.isEmpty()) {
                findings.add(new Finding(
                        row,
                        "\"not\" over \"" + operator + "\" does not hold when its path is undefined; ask the"
                                + " question in the positive in a rule of its own and negate that"));
            }
            if (operator.equals("neq")
                    && paths.stream()
                            .anyMatch(path -> isInput(path.path("value").get(0)))) {
                findings.add(
                        new Finding(row, "\"!=\" on an input path is undefined when the path is; use \"not … ==\""));
            }
        }
        if (negated && terms.path("type").asText().equals("ref")) {
            JsonNode steps = terms.path("value");
            for (int i = 1; i < steps.size(); i++) {
                if (isPath(steps.get(i))) {
                    findings.add(new Finding(
                            row, "\"not\" over a table looked up by a path does not hold when that path is undefined"));
                }
            }
        }
        node.forEach(part -> negations(part, findings));
    }

    private static boolean isPath(JsonNode term) {
        JsonNode steps = term.path("value");
        return term.path("type").asText().equals("ref")
                && steps.size() > 1
                && !steps.get(1).path("type").asText().equals("call");
    }

    private static String dotted(JsonNode steps) {
        List<String> names = new ArrayList<>();
        steps.forEach(step -> names.add(step.path("value").asText()));
        return String.join(".", names);
    }

    private static JsonNode parse(String syntaxTree) {
        try {
            return MAPPER.readTree(syntaxTree);
        } catch (JsonProcessingException e) {
            throw new InvalidDocumentException("", "is not a syntax tree of opa parse: " + e.getOriginalMessage());
        }
    }
}
