package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.lance.CommitBuilder;
import org.lance.Dataset;
import org.lance.Fragment;
import org.lance.FragmentMetadata;
import org.lance.ReadOptions;
import org.lance.Transaction;
import org.lance.WriteParams;
import org.lance.ipc.LanceScanner;
import org.lance.ipc.ScanOptions;
import org.lance.operation.Append;
import org.lance.operation.Operation;

/** One dataset of the library itself, without anything of ours between: for facts about the library. */
record RawDataset(BufferAllocator allocator, String uri) {
    static RawDataset create(BufferAllocator allocator, Path directory) {
        return create(allocator, directory, Tables.SCHEMA, false);
    }

    static RawDataset create(BufferAllocator allocator, Path directory, Schema schema, boolean stableRowIds) {
        NativeRuntime.require();
        RawDataset raw = new RawDataset(allocator, directory.toAbsolutePath() + "/raw");
        Dataset.write()
                .allocator(allocator)
                .uri(raw.uri())
                .schema(schema)
                .enableStableRowIds(stableRowIds)
                .execute()
                .close();
        return raw;
    }

    Dataset open(long version) {
        return Dataset.open(uri, new ReadOptions.Builder().setVersion(version).build());
    }

    Dataset head() {
        return Dataset.open(uri, new ReadOptions.Builder().build());
    }

    /** Fragments that no version names. */
    List<FragmentMetadata> stage(String... ids) {
        return stage(Tables.SCHEMA, ids);
    }

    /** @param schema its columns in any order */
    List<FragmentMetadata> stage(Schema schema, String... ids) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            for (int i = 0; i < ids.length; i++) {
                ((VarCharVector) root.getVector("id")).setSafe(i, ids[i].getBytes(UTF_8));
                if (root.getVector("n") instanceof BigIntVector numbers) {
                    numbers.setSafe(i, i);
                } else {
                    ((VarCharVector) root.getVector("n")).setSafe(i, ("n of " + ids[i]).getBytes(UTF_8));
                }
            }
            root.setRowCount(ids.length);
            return stage(root);
        }
    }

    /** @param rows stay the caller's */
    List<FragmentMetadata> stage(VectorSchemaRoot rows) {
        return Fragment.write()
                .datasetUri(uri)
                .allocator(allocator)
                .data(rows)
                .mode(WriteParams.WriteMode.CREATE)
                .execute();
    }

    /** A detached commit on the version that {@code base} is open at; its version. */
    static long detached(Dataset base, long readVersion, Operation operation) {
        try (Transaction transaction = new Transaction.Builder()
                        .readVersion(readVersion)
                        .operation(operation)
                        .build();
                Dataset child = new CommitBuilder(base)
                        .detached(true)
                        .skipAutoCleanup(true)
                        .execute(transaction)) {
            return child.version();
        }
    }

    static long attached(Dataset base, long readVersion, Operation operation, int retries) {
        try (Transaction transaction = new Transaction.Builder()
                        .readVersion(readVersion)
                        .operation(operation)
                        .build();
                Dataset child = new CommitBuilder(base).maxRetries(retries).execute(transaction)) {
            return child.version();
        }
    }

    static Operation append(List<FragmentMetadata> fragments) {
        return new Append.Builder().fragments(fragments).build();
    }

    List<String> ids(long version) throws Exception {
        try (Dataset dataset = open(version)) {
            return ids(dataset, Optional.empty());
        }
    }

    static List<String> ids(Dataset dataset, Optional<String> filter) throws Exception {
        ScanOptions.Builder options = new ScanOptions.Builder().columns(List.of("id"));
        filter.ifPresent(options::filter);
        return ids(dataset, options);
    }

    /** @param options whose columns hold {@code id} */
    static List<String> ids(Dataset dataset, ScanOptions.Builder options) throws Exception {
        List<String> ids = new ArrayList<>();
        try (LanceScanner scanner = dataset.newScan(options.build());
                ArrowReader reader = scanner.scanBatches()) {
            while (reader.loadNextBatch()) {
                VarCharVector column =
                        (VarCharVector) reader.getVectorSchemaRoot().getVector("id");
                for (int i = 0; i < column.getValueCount(); i++) {
                    ids.add(new String(column.get(i), UTF_8));
                }
            }
        }
        return ids;
    }
}
