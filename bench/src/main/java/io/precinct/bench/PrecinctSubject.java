package io.precinct.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphId;
import io.precinct.engine.LanceGraphStore;
import io.precinct.engine.LoadMode;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.Provenance;
import io.precinct.engine.Target;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.StoreLocation;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.RootAllocator;

/** Precinct's engine on a local folder, durable, seen through a gate. */
final class PrecinctSubject implements Subject {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long VIEW_BYTES = 1L << 30;

    private final String name;
    private final AccessGate gate;
    private final RootAllocator memory = new RootAllocator();
    private final NativePool pool = new NativePool(4, 4);
    private final LanceGraphStore store;
    private final Graph graph;

    /** @param gate what the caller sees; whole when unrestricted */
    PrecinctSubject(String name, Path folder, AccessGate gate) throws IOException {
        this.name = name;
        this.gate = gate;
        AtomicLong next = new AtomicLong(System.nanoTime());
        this.store = LanceGraphStore.open(new LanceGraphStore.Settings(
                new StoreLocation.Directory(folder, true),
                "bench",
                memory,
                pool,
                NativeResources.Limits.DEFAULTS,
                VIEW_BYTES,
                () -> "01J8Z9M3QK7XG2" + base32(next.getAndIncrement()),
                Clock.systemUTC()));
        boolean fresh = !Files.exists(folder.resolve("graphs"));
        GraphId id = new GraphId("people");
        this.graph = fresh ? store.create(id, resource("person.pg"), by()) : store.open(id);
    }

    /** The same store seen through another gate. */
    PrecinctSubject(String name, PrecinctSubject other, AccessGate gate) {
        this.name = name;
        this.gate = gate;
        this.store = other.store;
        this.graph = other.graph;
    }

    private static Provenance by() {
        return new Provenance("bench", "bench", Optional.empty());
    }

    private static String base32(long value) {
        StringBuilder text = new StringBuilder();
        for (int shift = 55; shift >= 0; shift -= 5) {
            text.append("0123456789ABCDEFGHJKMNPQRSTVWXYZ".charAt((int) (value >>> shift) & 31));
        }
        return text.toString();
    }

    static String resource(String name) throws IOException {
        try (InputStream in = PrecinctSubject.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The whole graph in a folder, loaded when the folder is new. */
    static PrecinctSubject loaded(Path folder) throws IOException {
        Path data = folder.resolve("data");
        PersonGraph.write(data, 200_000, 2_000_000, 7);
        PrecinctSubject subject = new PrecinctSubject("Precinct", folder.resolve("precinct"), AccessGate.UNRESTRICTED);
        if (subject.graph.snapshot(new Target.Branch(BranchName.MAIN)).types().values().stream()
                .allMatch(type -> type.count() == 0)) {
            subject.load(data);
        }
        return subject;
    }

    record MergeTimes(double branchMillis, double mergeMillis) {}

    /** @param apart main gets a commit of its own */
    MergeTimes merge(int round, int changed, boolean apart) {
        BranchName name = new BranchName("round-" + System.nanoTime());
        long began = System.nanoTime();
        graph.createBranch(name, BranchName.MAIN, by());
        double branch = (System.nanoTime() - began) / 1e6;
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < changed; i++) {
            lines.append(person(1_000 * (round + 1) + i, round));
        }
        load(name, lines.toString());
        if (apart) {
            load(BranchName.MAIN, person(round, round));
        }
        began = System.nanoTime();
        graph.merge(new MergeRequest(name, BranchName.MAIN), AccessGate.UNRESTRICTED, by());
        double merge = (System.nanoTime() - began) / 1e6;
        graph.deleteBranch(name, by());
        return new MergeTimes(branch, merge);
    }

    private void load(BranchName branch, String lines) {
        graph.load(
                branch,
                LoadMode.MERGE,
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                AccessGate.UNRESTRICTED,
                by());
    }

    private static String person(int number, int age) {
        return "{\"type\":\"Person\",\"data\":{\"pid\":\"p%06d\",\"name\":\"n\",\"age\":%d,\"city\":\"c\",\"bio\":\"b\"}}\n"
                .formatted(number, age);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double load(Path data) throws IOException {
        long began = System.nanoTime();
        try (InputStream in =
                new BufferedInputStream(Files.newInputStream(data.resolve(PersonGraph.RECORDS)), 1 << 20)) {
            var receipt = graph.load(BranchName.MAIN, LoadMode.APPEND, in, AccessGate.UNRESTRICTED, by());
            return (receipt.affectedNodes() + receipt.affectedEdges()) / ((System.nanoTime() - began) / 1e9);
        }
    }

    @Override
    public Prepared prepare(Queries.Query query) throws IOException {
        Snapshot snapshot = graph.snapshot(new Target.Branch(BranchName.MAIN));
        CheckedStatement.Read read =
                (CheckedStatement.Read) graph.compile(snapshot, resource("person.gq"), Optional.of(query.name()));
        return (arguments, collect) -> {
            ObjectNode parameters = JSON.createObjectNode();
            for (int i = 0; i < arguments.size(); i++) {
                parameters.set(query.parameters().get(i), JSON.valueToTree(arguments.get(i)));
            }
            List<String> rows = collect ? new ArrayList<>() : List.of();
            try (RowCursor cursor = graph.query(snapshot, read, parameters, gate, ExecutionBudget.unbounded())) {
                for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                    for (int row = 0; row < batch.get().rows(); row++) {
                        StringBuilder text = new StringBuilder();
                        for (int column = 0; column < cursor.columns().size(); column++) {
                            Optional<Object> value = batch.get().value(row, column);
                            if (collect) {
                                text.append('|').append(value.orElse(null));
                            }
                        }
                        if (collect) {
                            rows.add(text.toString());
                        }
                    }
                }
            }
            if (collect) {
                Collections.sort(rows);
            }
            return rows;
        };
    }

    @Override
    public void close() {
        store.close();
        pool.close();
    }
}
