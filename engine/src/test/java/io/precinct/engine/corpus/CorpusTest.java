package io.precinct.engine.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.Graph;
import io.precinct.engine.corpus.CorpusFile.Base;
import io.precinct.engine.corpus.CorpusFile.Case;
import io.precinct.engine.corpus.CorpusFile.Step;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.reference.LocalGraphs;
import io.precinct.engine.reference.Trial;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.RowAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every case of the pages in {@code src/test/resources/corpus}, as its owner, as the restricted caller of its page and
 * as a stranger. What the reference interpreter says of a read must agree as well. {@code -Dcorpus.rewrite=true} records
 * all outcomes anew, to be read before they are kept; {@code -Dcorpus.page=name} takes one page only.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorpusTest {
    private static final Path ROOT = Path.of("src/test/resources/corpus");
    /** Ids that nobody gave. */
    private static final Pattern GENERATED = Pattern.compile("\\b0\\d{25}\\b");

    /** Steps that need no graph. */
    private static final Set<String> TEXTS = Set.of("lint", "evolve");

    private static final Pattern SEARCHES = Pattern.compile("\\b(search|fuzzy|match_text|bm25|nearest|rrf) ?\\(");
    private static final Pattern WRITES = Pattern.compile("\\b(insert|update|delete)\\b");

    private LocalGraphs graphs;
    private final Map<String, Graph> opened = new HashMap<>();
    private final Map<String, Trial> trials = new HashMap<>();
    private int branches;

    @BeforeAll
    void open(@TempDir Path directory) {
        graphs = new LocalGraphs(directory);
    }

    @AfterAll
    void close() {
        graphs.close();
    }

    private static List<CorpusFile> files() throws IOException {
        String only = System.getProperty("corpus.page", "");
        List<CorpusFile> files = new ArrayList<>();
        try (Stream<Path> pages = Files.list(ROOT)) {
            for (Path page : pages.sorted().toList()) {
                if (page.getFileName().toString().startsWith(only)) {
                    files.add(new CorpusFile(page));
                }
            }
        }
        return files;
    }

    @TestFactory
    List<DynamicContainer> everyCaseComesOutAsItsPageSays() throws IOException {
        List<DynamicContainer> pages = new ArrayList<>();
        for (CorpusFile file : files()) {
            if (Boolean.getBoolean("corpus.rewrite")) {
                file.rewrite(this::outcomes);
            }
            pages.add(DynamicContainer.dynamicContainer(
                    file.name(),
                    new CorpusFile(ROOT.resolve(file.name()))
                            .cases().stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> check(one)))));
        }
        return pages;
    }

    @Test
    void thePagesHoldAtLeastSevenHundredCases() throws IOException {
        int cases = 0;
        try (Stream<Path> pages = Files.list(ROOT)) {
            for (Path page : pages.toList()) {
                cases += new CorpusFile(page).cases().size();
            }
        }
        assertThat(cases).isGreaterThanOrEqualTo(700);
    }

    private void check(Case one) {
        List<Map<String, String>> actual = outcomes(one);
        assertThat(one.table() ? List.of(actual.getLast()) : actual).isEqualTo(one.expected());
        assertThat(actual).allSatisfy(step -> assertThat(step.values()).noneMatch(text -> text.startsWith("broke: ")));
        strangerSeesNothing(one, actual);
        reads(one);
    }

    private List<Map<String, String>> outcomes(Case one) {
        List<Map<String, String>> outcomes = new ArrayList<>();
        one.steps().forEach(step -> outcomes.add(new TreeMap<>()));
        run(one, "owner", AccessGate.UNRESTRICTED, outcomes);
        if (!one.base().access().isEmpty()
                && !one.callerless()
                && (!one.table() || one.expected().getFirst().containsKey("restricted"))) {
            run(one, "restricted", AccessJson.gate(one.base().access()), outcomes);
        }
        return outcomes;
    }

    private void run(Case one, String caller, AccessGate gate, List<Map<String, String>> outcomes) {
        boolean texts = one.steps().stream().allMatch(step -> TEXTS.contains(step.word()));
        Graph graph = texts ? null : graph(one.base());
        BranchName branch = BranchName.MAIN;
        if (graph != null && writes(one)) {
            branch = new BranchName("case" + branches++);
            graph.createBranch(branch, BranchName.MAIN, LocalGraphs.TESTER);
        }
        String failed = "";
        for (int i = 0; i < one.steps().size(); i++) {
            Step step = one.steps().get(i);
            Steps.Form form = one.table() ? Steps.Form.CELL : Steps.Form.LINES;
            String outcome;
            try {
                outcome = switch (step.word()) {
                    case "pg" -> {
                        SchemaCompiler.compile(step.text());
                        graph = graphs.create(step.text());
                        branch = BranchName.MAIN;
                        yield "ok";
                    }
                    case "jsonl" -> Steps.load(graph, branch, step.argument(), step.text(), gate);
                    case "lint" -> Steps.lint(one.base().schema(), step.text(), form);
                    case "evolve" ->
                        Steps.plan(
                                step.argument().isBlank() ? one.base().schema() : step.argument(), step.text(), form);
                    case "apply" ->
                        Steps.apply(graph, branch, step.text(), step.argument().equals("hard"));
                    // What was written is shown to whoever may see all of it.
                    default ->
                        Steps.statement(
                                graph,
                                branch,
                                step.text(),
                                Steps.json(step.argument()),
                                one.table() && i > 0 ? AccessGate.UNRESTRICTED : gate,
                                form);
                };
            } catch (EngineException e) {
                outcome = Steps.failure(e, form);
                failed = outcome;
            } catch (RuntimeException e) {
                outcome = "broke: " + e;
                failed = outcome;
            }
            outcome = GENERATED.matcher(outcome).replaceAll("(generated)");
            failed = GENERATED.matcher(failed).replaceAll("(generated)");
            // A table shows what was written, or why nothing was.
            outcomes.get(i).put(caller, one.table() && !failed.isEmpty() ? failed : outcome);
        }
    }

    private static boolean writes(Case one) {
        return one.steps().stream()
                .anyMatch(step -> step.word().equals("jsonl")
                        || step.word().equals("apply")
                        || WRITES.matcher(step.text()).find());
    }

    private Graph graph(Base base) {
        if (base.schema().isEmpty()) {
            return null;
        }
        return opened.computeIfAbsent(base.schema() + base.loads(), none -> {
            Graph graph = graphs.create(base.schema());
            base.loads()
                    .forEach(load ->
                            Steps.load(graph, BranchName.MAIN, load.rest(), load.text(), AccessGate.UNRESTRICTED));
            return graph;
        });
    }

    /** To whom nothing is granted, everything that others may do is denied. */
    private void strangerSeesNothing(Case one, List<Map<String, String>> outcomes) {
        Step first = one.steps().getFirst();
        boolean nothing = first.word().equals("jsonl") && first.text().isBlank();
        if (one.callerless() || nothing) {
            return;
        }
        String owner = outcomes.getFirst().get("owner");
        boolean answered = owner.matches("(?s)[\\[{].*|no rows|nodes .*");
        List<Map<String, String>> stranger = new ArrayList<>();
        one.steps().forEach(step -> stranger.add(new TreeMap<>()));
        run(
                new Case(one.name(), one.base(), List.of(one.steps().getFirst()), one.expected(), one.table()),
                "stranger",
                AccessJson.gate(Map.of()),
                stranger);
        String met = stranger.getFirst().get("stranger");
        // A text or file that is wrong for everybody may be called so before anybody is asked, and to whom a type
        // doesn't
        // exist, a file that names it reads like one that names what nobody declared.
        boolean unknown =
                first.word().equals("jsonl") && met.matches("(?s)load_record line \\d+ no (node|edge) type .*");
        assertThat(met.startsWith("denied ") || unknown || (!answered && met.equals(owner)))
                .as(met)
                .isTrue();
    }

    /** Reads of the page's own graph say what the reference interpreter says. */
    private void reads(Case one) {
        Step step = one.steps().getFirst();
        // Ranks and text predicates have a reference of their own, in RankedRowsTest.
        if (writes(one)
                || !step.word().equals("gq")
                || SEARCHES.matcher(step.text()).find()
                || !Steps.json(step.argument()).isObject()) {
            return;
        }
        Graph graph = graph(one.base());
        CheckedStatement statement;
        try {
            statement = graph.compile(LocalGraphs.head(graph), step.text(), Optional.empty());
        } catch (EngineException e) {
            return;
        }
        ObjectNode parameters = (ObjectNode) Steps.json(step.argument());
        Trial trial = trials.computeIfAbsent(one.base().schema() + one.base().loads(), none -> Trial.of(graph));
        Map<String, RowAccess> all = new HashMap<>();
        LocalGraphs.head(graph).schema().types().forEach(type -> all.put(type.name(), RowAccess.ALL));
        CheckedStatement.Read read = (CheckedStatement.Read) statement;
        boolean bound = !actual(graph, step).matches("(?s)P\\d .*");
        if (bound) {
            assertThat(trial.disagreement(read, parameters, all)).isEmpty();
            if (!one.base().access().isEmpty()) {
                assertThat(trial.disagreement(read, parameters, one.base().access()))
                        .isEmpty();
            }
        }
    }

    private static String actual(Graph graph, Step step) {
        try {
            return Steps.statement(
                    graph,
                    BranchName.MAIN,
                    step.text(),
                    Steps.json(step.argument()),
                    AccessGate.UNRESTRICTED,
                    Steps.Form.CELL);
        } catch (EngineException e) {
            return Steps.failure(e, Steps.Form.CELL);
        }
    }
}
