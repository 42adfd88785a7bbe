package io.precinct.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.upkeep.UpkeepReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From text to durable records and back, on a real directory. */
class WholeEngineTest {
    private static final String SCHEMA = """
            node Airport { iata: String @key  name: String  state: String?  latitude: F64 }
            edge Route: Airport -> Airport { flights: I32 }
            """;
    private static final String DATA = """
            {"edge":"Route","from":"SEA","to":"SFO","data":{"flights":7}}
            {"type":"Airport","data":{"iata":"SEA","name":"Seattle","state":"WA","latitude":47.4}}
            {"type":"Airport","data":{"iata":"SFO","name":"San Francisco","state":"CA","latitude":37.6}}
            {"type":"Airport","data":{"iata":"JFK","name":"New York","state":"NY","latitude":40.6}}
            {"edge":"Route","from":"SFO","to":"JFK","data":{"flights":9}}
            """;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void loadsQueriesChangesBranchesCompactsAndReopens(@TempDir Path root) throws Exception {
        GraphId id = new GraphId("network");
        byte[] exported;
        try (TestStores stores = new TestStores(root)) {
            Graph graph = stores.store.create(id, SCHEMA, TestStores.TESTER);
            WriteReceipt loaded = graph.load(
                    BranchName.MAIN,
                    LoadMode.APPEND,
                    new ByteArrayInputStream(DATA.getBytes(StandardCharsets.UTF_8)),
                    AccessGate.UNRESTRICTED,
                    TestStores.TESTER);
            assertThat(loaded.nodes()).containsEntry("Airport", 3L);
            assertThat(
                            rows(
                                    graph,
                                    "query q() { match { $a: Airport { iata: \"SEA\" } $a route{1,2} $b } return { $b.iata } }"))
                    .containsExactlyInAnyOrder("SFO", "JFK");

            mutate(
                    graph,
                    "query m() { insert Airport { iata: \"LAX\", name: \"Los Angeles\", latitude: 33.9 } insert Route { from: \"JFK\", to: \"LAX\", flights: 3 } }");
            mutate(graph, "query u() { update Airport set { state: \"CA\" } where iata = \"LAX\" }");
            assertThat(
                            rows(
                                    graph,
                                    "query q() { match { $a: Airport { state: \"CA\" } } return { $a.iata } order { $a.iata } }"))
                    .containsExactly("LAX", "SFO");
            graph.createBranch(new BranchName("review/x"), BranchName.MAIN, TestStores.TESTER);
            mutate(graph, "query d() { delete Airport where iata = \"SFO\" }");
            assertThat(rows(graph, "query q() { match { $a: Airport $a route $b } return { $b.iata } }"))
                    .containsExactly("LAX");
            assertThat(rows(
                            graph,
                            new Target.Branch(new BranchName("review/x")),
                            "query q() { match { $a: Airport $a route $b } return { $b.iata } order { $b.iata } }"))
                    .containsExactly("JFK", "LAX", "SFO");

            UpkeepReport compacted = graph.compact(BranchName.MAIN, TestStores.TESTER, () -> false);
            assertThat(compacted.commit()).isPresent();
            assertThat(graph.compact(BranchName.MAIN, TestStores.TESTER, () -> false)
                            .commit())
                    .isEmpty();
            assertThat(graph.commits(BranchName.MAIN, Optional.empty(), 10))
                    .extracting(CommitInfo::kind)
                    .containsExactly(
                            CommitInfo.Kind.UPKEEP,
                            CommitInfo.Kind.MUTATION,
                            CommitInfo.Kind.MUTATION,
                            CommitInfo.Kind.MUTATION,
                            CommitInfo.Kind.LOAD,
                            CommitInfo.Kind.GENESIS);
            exported = export(graph);
        }
        try (TestStores stores = new TestStores(root)) {
            Graph graph = stores.store.open(id);
            assertThat(export(graph)).isEqualTo(exported);
            assertThat(graph.branches()).containsExactly(BranchName.MAIN, new BranchName("review/x"));
            graph.deleteBranch(new BranchName("review/x"), TestStores.TESTER);
            assertThat(graph.branches()).containsExactly(BranchName.MAIN);
        }
    }

    private static byte[] export(Graph graph) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        graph.export(graph.snapshot(new Target.Branch(BranchName.MAIN)), Set.of(), AccessGate.UNRESTRICTED, out);
        return out.toByteArray();
    }

    private static void mutate(Graph graph, String text) {
        Snapshot snapshot = graph.snapshot(new Target.Branch(BranchName.MAIN));
        graph.mutate(
                BranchName.MAIN,
                (CheckedStatement.Write) graph.compile(snapshot, text, Optional.empty()),
                JSON.createObjectNode(),
                AccessGate.UNRESTRICTED,
                TestStores.TESTER);
    }

    private static List<String> rows(Graph graph, String text) {
        return rows(graph, new Target.Branch(BranchName.MAIN), text);
    }

    private static List<String> rows(Graph graph, Target target, String text) {
        Snapshot snapshot = graph.snapshot(target);
        CheckedStatement.Read read = (CheckedStatement.Read) graph.compile(snapshot, text, Optional.empty());
        List<String> rows = new ArrayList<>();
        try (RowCursor cursor = graph.query(
                snapshot, read, JSON.createObjectNode(), AccessGate.UNRESTRICTED, ExecutionBudget.unbounded())) {
            for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                for (int row = 0; row < batch.get().rows(); row++) {
                    rows.add(String.valueOf(batch.get().value(row, 0).orElse("null")));
                }
            }
        }
        return rows;
    }
}
