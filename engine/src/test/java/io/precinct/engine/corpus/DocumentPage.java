package io.precinct.engine.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.Graph;
import io.precinct.engine.corpus.Page.Fence;
import io.precinct.engine.query.DeclaredQuery;
import io.precinct.engine.query.QueryCompiler;
import io.precinct.engine.reference.LocalGraphs;
import io.precinct.engine.spi.AccessGate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Runs the samples of one page of documentation in order against a fresh graph: a {@code pg} block creates it,
 * {@code jsonl [mode]} loads into it, {@code gq [parameters]} runs every query of the block. A {@code json} block right
 * behind a {@code gq} block holds its rows, one a line or as one array. A sample that can't be run fails.
 */
final class DocumentPage {
    private final LocalGraphs graphs;
    private Graph graph;
    private int samples;

    DocumentPage(LocalGraphs graphs) {
        this.graphs = graphs;
    }

    /** How many samples ran. */
    int run(String text) {
        List<Page.Part> parts = new ArrayList<>(Page.parse(text));
        parts.removeIf(part -> part instanceof Page.Prose prose && prose.line().isBlank());
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof Fence fence) {
                switch (fence.word()) {
                    case "pg" -> {
                        graph = graphs.create(fence.text());
                        samples++;
                    }
                    case "jsonl" -> {
                        Steps.load(graph(fence), BranchName.MAIN, fence.rest(), fence.text(), AccessGate.UNRESTRICTED);
                        samples++;
                    }
                    case "gq" -> {
                        String rows = queries(fence);
                        samples++;
                        if (i + 1 < parts.size()
                                && parts.get(i + 1) instanceof Fence next
                                && next.word().equals("json")) {
                            assertThat(normal(rows)).as(fence.text()).isEqualTo(normal(next.text()));
                        }
                    }
                    default -> {}
                }
            }
        }
        return samples;
    }

    private Graph graph(Fence sample) {
        if (graph == null) {
            throw new AssertionError("no ```pg block stands before this sample:\n" + sample.text());
        }
        return graph;
    }

    private String queries(Fence fence) {
        List<String> rows = new ArrayList<>();
        for (DeclaredQuery query : QueryCompiler.list(fence.text())) {
            rows.add(Steps.statement(
                    graph(fence),
                    BranchName.MAIN,
                    fence.text(),
                    query.name(),
                    Steps.json(fence.rest()),
                    AccessGate.UNRESTRICTED,
                    Steps.Form.LINES));
        }
        if (rows.isEmpty()) {
            throw new AssertionError("this sample holds no query:\n" + fence.text());
        }
        return String.join("\n", rows);
    }

    /** Rows one a line, whatever the page's layout. */
    private static String normal(String rows) {
        String text = rows.strip();
        if (text.startsWith("[")) {
            List<String> lines = new ArrayList<>();
            Steps.json(text).forEach(row -> lines.add(row.toString()));
            return String.join("\n", lines);
        }
        return text.lines()
                .map(line -> line.startsWith("{") ? Steps.json(line).toString() : line)
                .collect(Collectors.joining("\n"));
    }
}
