package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.storage.Tables.Row;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a staging whose rows can't be produced. Closing the tables finds every buffer that was lost. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StagingTest {
    @TempDir
    Path directory;

    private Tables tables;
    private Pin empty;

    @BeforeEach
    void open() {
        tables = new Tables(directory, false);
        empty = tables.store.create("t", Tables.SCHEMA);
    }

    @AfterEach
    void close() {
        tables.close();
    }

    /** One batch, and then whatever {@code second} does. */
    private void stage(Supplier<Optional<VectorSchemaRoot>> second) {
        try (RowBatches one = tables.batches(List.of(new Row("a", 1L)), 1)) {
            tables.store.stage(empty.dataset(), Tables.SCHEMA, new RowBatches() {
                @Override
                public Optional<VectorSchemaRoot> next() {
                    Optional<VectorSchemaRoot> batch = one.next();
                    return batch.isPresent() ? batch : second.get();
                }

                @Override
                public void close() {}
            });
        }
    }

    private void writesStillWork() {
        assertThat(tables.ids(tables.store.append(empty, List.of(tables.stage(empty, new Row("b", 2L))))))
                .containsExactly("b");
    }

    @Test
    void anErrorOfTheProducerEndsTheWriterAndIsThrownAsItIs() {
        Error error = new StackOverflowError("of the producer");
        assertThatThrownBy(() -> stage(() -> {
                    throw error;
                }))
                .isSameAs(error);
        writesStillWork();
    }

    @Test
    void anExceptionOfTheProducerIsThrownAsItIs() {
        RuntimeException exception =
                new IllegalArgumentException("connection refused, no such file, permission denied");
        assertThatThrownBy(() -> stage(() -> {
                    throw exception;
                }))
                .isSameAs(exception);
        writesStillWork();
    }

    @Test
    void aProducerMayReadAndMayNotStage() {
        Pin filled = tables.store.append(empty, List.of(tables.stage(empty, new Row("b", 2L))));
        stage(() -> {
            assertThat(tables.ids(filled)).containsExactly("b");
            return Optional.empty();
        });
        assertThatThrownBy(() -> stage(() -> {
                    tables.stage(filled, new Row("c", 3L));
                    return Optional.empty();
                }))
                .isInstanceOf(NativeErrors.ContractBroken.class)
                .hasMessageContaining("while those of another staging");
        writesStillWork();
    }

    @Test
    void aClosedStoreOpensNoHandleThatNobodyWouldClose() {
        Pin filled = tables.store.append(empty, List.of(tables.stage(empty, new Row("b", 2L))));
        tables.store.close();
        assertThatThrownBy(() -> tables.rows(filled)).isInstanceOf(RuntimeException.class);
        assertThat(tables.openHandles()).isZero();
    }
}
