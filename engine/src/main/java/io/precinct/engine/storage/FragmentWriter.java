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
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.lance.Fragment;
import org.lance.FragmentMetadata;
import org.lance.WriteParams;
import org.lance.fragment.DataFile;

/** Writes batches as fragments whose columns carry the field ids of the dataset, found by name. */
final class FragmentWriter {
    /** This thread produces rows of a staging that has begun. */
    private static final ThreadLocal<Boolean> PRODUCING = ThreadLocal.withInitial(() -> false);

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
     * Pulls {@code rows} on the calling thread to their end; doesn't close them. What they throw, this throws, once the
     * writer has ended. They may read datasets and not stage: writers wait for their producers, so a few producers that
     * wait for writers would wait for ever.
     */
    List<FragmentMetadata> write(RowBatches rows) {
        if (PRODUCING.get()) {
            throw new NativeErrors.ContractBroken("rows are staged while those of another staging are produced");
        }
        PRODUCING.set(true);
        try {
            return begun(rows);
        } finally {
            PRODUCING.remove();
        }
    }

    private List<FragmentMetadata> begun(RowBatches rows) {
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

    /** What went wrong on the producer's side, to be thrown once the writer has ended. */
    private Optional<Throwable> produce(Optional<VectorSchemaRoot> first, RowBatches rows, BatchPipe pipe) {
        try {
            for (Optional<VectorSchemaRoot> batch = first; batch.isPresent(); batch = rows.next()) {
                Schemas.requireSame(target.schema(), batch.get().getSchema(), "a batch for " + target.dataset());
                if (!pipe.send(batch.get())) {
                    return Optional.empty();
                }
            }
            pipe.end();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            pipe.fail();
            return Optional.of(new EngineException(new EngineFailure.Interrupted(false), e));
        } catch (OutOfMemoryException e) {
            pipe.fail();
            return Optional.of(NativeErrors.of(target.dataset(), resources.allocator(), e));
        } catch (RuntimeException | Error e) {
            // Errors, too: the writer would wait for rows, and read a pipe that is closed under it.
            pipe.fail();
            return Optional.of(e);
        }
    }

    private List<FragmentMetadata> await(
            Future<List<FragmentMetadata>> written, Optional<Throwable> failure, BatchPipe pipe) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    List<FragmentMetadata> fragments = written.get();
                    failure.ifPresent(FragmentWriter::rethrow);
                    return fragments;
                } catch (InterruptedException e) {
                    // The writer reads our buffers until it has ended; it can't be left alone with them.
                    interrupted = true;
                } catch (ExecutionException e) {
                    RuntimeException typed =
                            NativeErrors.of(target.dataset(), resources.allocator(), NativePool.rethrown(e));
                    failure.ifPresent(first -> {
                        first.addSuppressed(typed);
                        rethrow(first);
                    });
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

    private static void rethrow(Throwable failure) {
        switch (failure) {
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalStateException("producing rows failed", failure);
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
