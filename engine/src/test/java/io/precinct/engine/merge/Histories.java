package io.precinct.engine.merge;

import com.fasterxml.jackson.databind.node.NullNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.LoadMode;
import io.precinct.engine.MergeConflict;
import io.precinct.engine.MergeReceipt;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.Target;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.reference.LocalGraphs;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One graph with its branches, written to and read as lines of export. */
record Histories(Graph graph) {
    static final String SCHEMA = """
            node Person {
              name: String @key
              age: I32?
            }
            edge Knows: Person -> Person {
              since: I32?
            }
            """;

    static BranchName name(String branch) {
        return new BranchName(branch);
    }

    Snapshot head(String branch) {
        return graph.snapshot(new Target.Branch(new BranchName(branch)));
    }

    void branch(String name, String from) {
        graph.createBranch(new BranchName(name), new BranchName(from), LocalGraphs.TESTER);
    }

    void person(String branch, String name, int age) {
        load(branch, "{\"type\":\"Person\",\"data\":{\"name\":\"%s\",\"age\":%d}}".formatted(name, age));
    }

    void knows(String branch, String id, String from, String to, int since) {
        load(
                branch,
                "{\"edge\":\"Knows\",\"from\":\"%s\",\"to\":\"%s\",\"data\":{\"id\":\"%s\",\"since\":%d}}"
                        .formatted(from, to, id, since));
    }

    void load(String branch, String lines) {
        graph.load(
                new BranchName(branch),
                LoadMode.MERGE,
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                AccessGate.UNRESTRICTED,
                LocalGraphs.TESTER);
    }

    void mutate(String branch, String text) {
        Snapshot head = head(branch);
        graph.mutate(
                new BranchName(branch),
                (CheckedStatement.Write) graph.compile(head, text, Optional.empty()),
                NullNode.getInstance(),
                AccessGate.UNRESTRICTED,
                LocalGraphs.TESTER);
    }

    void deletePerson(String branch, String name) {
        mutate(branch, "query d() { delete Person where name = \"" + name + "\" }");
    }

    void deleteEdges(String branch, String from) {
        mutate(branch, "query d() { delete Knows where from = \"" + from + "\" }");
    }

    MergeReceipt merge(String source, String target) {
        return merge(new MergeRequest(new BranchName(source), new BranchName(target)));
    }

    MergeReceipt merge(MergeRequest request) {
        return graph.merge(request, AccessGate.UNRESTRICTED, LocalGraphs.TESTER);
    }

    /** The conflicts that a merge fails with. */
    List<MergeConflict> conflicts(String source, String target) {
        try {
            MergeReceipt receipt = merge(source, target);
            throw new AssertionError("merged without a conflict: " + receipt);
        } catch (EngineException failed) {
            if (failed.failure() instanceof EngineFailure.MergeConflicts conflicts) {
                return conflicts.first();
            }
            throw failed;
        }
    }

    /** Every entity, as lines. */
    Set<String> state(String branch) {
        return state(head(branch));
    }

    Set<String> state(Snapshot snapshot) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            graph.export(snapshot, Set.of(), AccessGate.UNRESTRICTED, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TreeSet<>(out.toString(StandardCharsets.UTF_8).lines().toList());
    }
}
