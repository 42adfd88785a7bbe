package io.precinct.engine.corpus;

import io.precinct.engine.corpus.Page.Fence;
import io.precinct.engine.corpus.Page.Part;
import io.precinct.engine.corpus.Page.Prose;
import io.precinct.engine.corpus.Page.Table;
import io.precinct.engine.spi.RowAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A page of cases.
 *
 * <p>Below a {@code #} heading stand the schema ({@code pg}), its data ({@code jsonl}) and the restricted caller
 * ({@code access}). Below a {@code ##} heading stand the steps of a case, {@code pg}, {@code jsonl [mode]} and
 * {@code gq [parameters]}, each followed by what comes of it: {@code json} rows, a {@code result} or an {@code error},
 * for the restricted caller besides where he gets something else. A template ({@code gq table} and so on, perhaps with
 * a {@code gq then} that shows what was written) is followed by a table: each row is a case, its first cell stands in
 * place of the template's {@code …}. {@code lint} is a text of queries to be linted against the page's schema;
 * {@code evolve} a schema whose plan is shown, from the page's one or, in a table, from the template with the row's
 * {@code before} to the template with its {@code after};
 * {@code apply} the same, done to the page's graph.
 */
final class CorpusFile {
    private static final Set<String> OUTCOMES = Set.of("json", "result", "error");
    private static final Set<String> STEPS = Set.of("pg", "jsonl", "gq", "lint", "evolve", "apply");
    /** Steps about texts and schemas, which have no caller. */
    private static final Set<String> CALLERLESS = Set.of("pg", "lint", "evolve", "apply");

    static final String SLOT = "…";

    /** The graph that cases begin with; {@code access} is empty where no restricted caller is known. */
    record Base(String schema, List<Fence> loads, Map<String, RowAccess> access) {}

    /** {@code argument} are parameters, a mode, or the schema that {@code evolve} begins with. */
    record Step(String word, String argument, String text) {}

    /** {@code expected} by caller, for each step one outcome; tables expect of the last step only. */
    record Case(String name, Base base, List<Step> steps, List<Map<String, String>> expected, boolean table) {
        /** Whether it is the same for every caller. */
        boolean callerless() {
            return steps.stream().anyMatch(step -> CALLERLESS.contains(step.word()));
        }
    }

    private final Path path;
    private final List<Part> parts;

    CorpusFile(Path path) throws IOException {
        this.path = path;
        this.parts = Page.parse(Files.readString(path));
    }

    String name() {
        return path.getFileName().toString();
    }

    /** What a walk over the page meets, in order. */
    interface Outcomes {
        /** By caller, one outcome for each step. */
        List<Map<String, String>> of(Case one);
    }

    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        walk(one -> {
            cases.add(one);
            return one.expected();
        });
        return cases;
    }

    void rewrite(Outcomes outcomes) throws IOException {
        Files.writeString(path, Page.write(walk(outcomes)));
    }

    private List<Part> walk(Outcomes outcomes) {
        List<Part> written = new ArrayList<>();
        Base base = new Base("", List.of(), Map.of());
        String heading = "";
        boolean inCase = false;
        Fence template = null;
        Fence then = null;
        List<Part> pending = new ArrayList<>();
        for (Part part : parts) {
            switch (part) {
                case Prose prose -> {
                    if (prose.line().startsWith("#")) {
                        flush(pending, heading, base, outcomes, written);
                        inCase = prose.line().startsWith("## ");
                        heading = prose.line().replaceFirst("#+ ", "");
                        template = null;
                        then = null;
                    }
                    (inCase ? pending : written).add(prose);
                }
                case Fence fence
                when fence.rest().startsWith("table") -> {
                    template = fence;
                    then = null;
                    (inCase ? pending : written).add(fence);
                }
                case Fence fence
                when fence.info().equals("gq then") -> {
                    then = fence;
                    (inCase ? pending : written).add(fence);
                }
                case Fence fence -> {
                    if (inCase) {
                        pending.add(fence);
                        break;
                    }
                    base = base(base, fence);
                    written.add(fence);
                }
                case Table table -> {
                    if (template == null) {
                        (inCase ? pending : written).add(table);
                        break;
                    }
                    flush(pending, heading, base, outcomes, written);
                    written.add(rows(table, template, then, heading, base, outcomes));
                }
            }
        }
        flush(pending, heading, base, outcomes, written);
        return written;
    }

    private Base base(Base before, Fence fence) {
        return switch (fence.word()) {
            case "pg" -> new Base(fence.text(), List.of(), Map.of());
            case "jsonl" -> {
                List<Fence> loads = new ArrayList<>(before.loads());
                loads.add(fence);
                yield new Base(before.schema(), loads, before.access());
            }
            case "access" -> new Base(before.schema(), before.loads(), AccessJson.read(fence.text()));
            default -> throw new IllegalArgumentException(name() + ": no case for ```" + fence.info());
        };
    }

    private static Table rows(Table table, Fence template, Fence then, String heading, Base base, Outcomes outcomes) {
        int parameters = table.header().indexOf("parameters");
        int before = table.header().indexOf("before");
        int owner = table.header().indexOf("outcome");
        int restricted = table.header().indexOf("restricted");
        List<List<String>> rows = new ArrayList<>();
        int after = Math.max(0, table.header().indexOf("after"));
        for (List<String> row : table.rows()) {
            String slot = unquoted(row.get(after));
            String mode = template.rest().substring("table".length()).strip();
            List<Step> steps = new ArrayList<>();
            String argument = parameters >= 0
                    ? unquoted(row.get(parameters))
                    : before >= 0 ? template.text().replace(SLOT, unquoted(row.get(before))) : mode;
            steps.add(new Step(template.word(), argument, template.text().replace(SLOT, slot)));
            if (then != null) {
                steps.add(new Step("gq", "", then.text()));
            }
            Map<String, String> expected = new TreeMap<>();
            expected.put("owner", unquoted(row.get(owner)));
            if (restricted >= 0) {
                String cell = unquoted(row.get(restricted));
                expected.put("restricted", cell.isEmpty() ? expected.get("owner") : cell);
            }
            String name = heading + ": " + (before >= 0 ? unquoted(row.get(before)) + " to " : "") + slot
                    + (parameters >= 0 ? " " + argument : "");
            Map<String, String> outcome = outcomes.of(new Case(name, base, steps, List.of(expected), true))
                    .getLast();
            List<String> copy = new ArrayList<>(row);
            copy.set(owner, quoted(outcome.get("owner")));
            if (restricted >= 0) {
                boolean same = outcome.get("owner").equals(outcome.get("restricted"));
                copy.set(restricted, same ? "" : quoted(outcome.get("restricted")));
            }
            rows.add(copy);
        }
        return new Table(table.header(), rows);
    }

    private static String unquoted(String cell) {
        return cell.length() > 1 && cell.startsWith("`") && cell.endsWith("`")
                ? cell.substring(1, cell.length() - 1)
                : cell;
    }

    private static String quoted(String text) {
        return text.isEmpty() ? "" : "`" + text.replace("\n", " ") + "`";
    }

    private static void flush(List<Part> pending, String heading, Base base, Outcomes outcomes, List<Part> written) {
        List<Step> steps = new ArrayList<>();
        List<Map<String, String>> expected = new ArrayList<>();
        for (Part part : pending) {
            if (part instanceof Fence fence && isStep(fence)) {
                steps.add(new Step(fence.word(), fence.rest(), fence.text()));
                expected.add(new TreeMap<>());
            } else if (part instanceof Fence fence && OUTCOMES.contains(fence.word())) {
                String caller = fence.rest().isEmpty() ? "owner" : fence.rest();
                expected.getLast().put(caller, fence.text().stripTrailing());
            }
        }
        if (steps.isEmpty()) {
            written.addAll(pending);
            pending.clear();
            return;
        }
        boolean restricted = !base.access().isEmpty() && !new Case(heading, base, steps, expected, false).callerless();
        for (Map<String, String> one : expected) {
            one.putIfAbsent("owner", "");
            if (restricted) {
                one.putIfAbsent("restricted", one.get("owner"));
            }
        }
        List<Map<String, String>> actual = outcomes.of(new Case(heading, base, steps, expected, false));
        int step = 0;
        for (Part part : pending) {
            if (part instanceof Fence fence && OUTCOMES.contains(fence.word())) {
                continue;
            }
            written.add(part);
            if (part instanceof Fence fence && isStep(fence)) {
                Map<String, String> outcome = actual.get(step++);
                written.add(outcome("", outcome.get("owner")));
                if (outcome.containsKey("restricted")
                        && !outcome.get("restricted").equals(outcome.get("owner"))) {
                    written.add(outcome(" restricted", outcome.get("restricted")));
                }
            }
        }
        pending.clear();
    }

    private static boolean isStep(Fence fence) {
        return STEPS.contains(fence.word())
                && !fence.rest().startsWith("table")
                && !fence.rest().equals("then");
    }

    private static Fence outcome(String caller, String text) {
        String word = text.startsWith("{") || text.equals("no rows")
                ? "json"
                : text.matches("(?s)(nodes|ok|applied|supported true|no change)\\b.*") ? "result" : "error";
        return new Fence(word + caller, text.lines().toList());
    }
}
