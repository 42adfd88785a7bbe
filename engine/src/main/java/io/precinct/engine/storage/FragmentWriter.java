package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.lance.Fragment;
import org.lance.FragmentMetadata;
import org.lance.WriteParams;
import org.lance.fragment.DataFile;

/** Writes batches as fragments whose columns carry the field ids of the dataset, found by name. */
final class FragmentWriter {
    private final NativeResources resources;
    private final Target target;

    /** @param ids field ids of {@code schema} in pre-order */
    record Target(
            String dataset,
            String uri,
            Schema schema,
            List<Integer> ids,
            Map<String, String> options,
            int rowsPerFragment) {}

    FragmentWriter(NativeResources resources, Target target) {
        this.resources = resources;
        this.target = target;
    }

    /**
     * Pulls {@code rows} on the calling thread to their end; doesn't close them. What {@code rows} throw, errors
     * included, is thrown on as the same object once the native writer has ended.
     */
    List<FragmentMetadata> write(RowBatches rows) {
        Optional<VectorSchemaRoot> first = rows.next();
        if (first.isEmpty()) {
            return List.of();
        }
        try (BatchPipe pipe = new BatchPipe(resources.allocator(), target.schema())) {
            Future<List<FragmentMetadata>> written = resources.pool().stream(() -> consume(pipe));
            Optional<Throwable> failure = produce(first, rows, pipe);
            return await(written, failure, pipe).stream().map(this::byFieldId).toList();
        } catch (java.io.IOException e) {
            throw NativeErrors.of(target.dataset(), resources.allocator(), e);
        }
    }

    private List<FragmentMetadata> consume(BatchPipe pipe) {
        try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(resources.allocator())) {
            Data.exportArrayStream(resources.allocator(), pipe, stream);
            return Fragment.write()
                    .datasetUri(target.uri())
                    .allocator(resources.allocator())
                    .data(stream)
                    .mode(WriteParams.WriteMode.CREATE)
                    .maxRowsPerFile(target.rowsPerFragment())
                    .storageOptions(target.options())
                    .execute();
        } finally {
            pipe.writerEnded();
        }
    }

    /** What went wrong on the producer's side, as it was thrown; to be thrown on once the writer has ended. */
    private Optional<Throwable> produce(Optional<VectorSchemaRoot> first, RowBatches rows, BatchPipe pipe) {
        try {
            for (Optional<VectorSchemaRoot> batch = first; batch.isPresent(); batch = rows.next()) {
                Schemas.requireSame(target.schema(), batch.get().getSchema(), "a batch for " + target.dataset());
                if (!send(batch.get(), pipe)) {
                    return Optional.empty();
                }
            }
            pipe.end();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            pipe.fail();
            return Optional.of(new EngineException(new EngineFailure.Interrupted(false), e));
        } catch (Throwable e) {
            // An error, too, must reach the caller only after the writer has let go of our buffers.
            pipe.fail();
            return Optional.of(e);
        }
    }

    /** Copying is our own work: running into the tenant's limit there is typed, unlike what the producer throws. */
    private boolean send(VectorSchemaRoot batch, BatchPipe pipe) throws InterruptedException {
        try {
            return pipe.send(batch);
        } catch (RuntimeException e) {
            throw NativeErrors.of(target.dataset(), resources.allocator(), e);
        }
    }

    private static RuntimeException thrown(Throwable failure) {
        return switch (failure) {
            case Error error -> throw error;
            case RuntimeException unchecked -> unchecked;
            default -> new IllegalStateException("a producer of rows threw a checked exception", failure);
        };
    }

    private List<FragmentMetadata> await(
            Future<List<FragmentMetadata>> written, Optional<Throwable> failure, BatchPipe pipe) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    List<FragmentMetadata> fragments = written.get();
                    if (failure.isPresent()) {
                        throw thrown(failure.get());
                    }
                    return fragments;
                } catch (InterruptedException e) {
                    // The writer reads our buffers until it has ended; it can't be left alone with them.
                    interrupted = true;
                } catch (ExecutionException e) {
                    RuntimeException typed = NativeErrors.of(target.dataset(), resources.allocator(), e.getCause());
                    if (failure.isPresent()) {
                        failure.get().addSuppressed(typed);
                        throw thrown(failure.get());
                    }
                    throw typed;
                }
            }
        } finally {
            pipe.writerEnded();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The library numbered the columns by position, from 0. */
    private FragmentMetadata byFieldId(FragmentMetadata written) {
        List<DataFile> files = written.getFiles().stream()
                .map(file -> new DataFile(
                        file.getPath(),
                        Arrays.stream(file.getFields())
                                .map(position -> target.ids().get(position))
                                .toArray(),
                        file.getColumnIndices(),
                        file.getFileMajorVersion(),
                        file.getFileMinorVersion(),
                        file.getFileSizeBytes(),
                        file.getBaseId().orElse(null)))
                .toList();
        return new FragmentMetadata(
                written.getId(), files, written.getPhysicalRows(), written.getDeletionFile(), written.getRowIdMeta());
    }
}
