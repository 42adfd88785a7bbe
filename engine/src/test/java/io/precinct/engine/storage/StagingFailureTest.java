package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a producer of rows or the native library throws while rows are staged. */
@Timeout(60)
class StagingFailureTest {
    @TempDir
    Path directory;

    private Tables tables;
    private Pin pin;

    @BeforeEach
    void open() {
        tables = new Tables(directory, false);
        pin = tables.store.create("t", Tables.SCHEMA);
    }

    /** Closing the allocators fails when a batch leaked. */
    @AfterEach
    void close() {
        tables.close();
    }

    static List<Throwable> failures() {
        return List.of(
                new OutOfMemoryError("a producer's"),
                new StackOverflowError("a producer's"),
                new NoClassDefFoundError("a/Producer"),
                new IllegalStateException("no space left in the producer's own sack"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatAProducerThrowsHalfWayIsThrownOnAsTheSameObject(Throwable failure) {
        try (RowBatches rows = failingAfter(3, () -> failure)) {
            assertThatThrownBy(() -> tables.store.stage(pin.dataset(), Tables.SCHEMA, rows))
                    .isSameAs(failure);
        }
        assertThat(tables.stage(pin, new Tables.Row("a", 1L)).rows()).isEqualTo(1);
    }

    @Test
    void anErrorOfANativeCallIsTypedAndKeptAsTheCause() {
        Error failure = new UnsatisfiedLinkError("some.native.Method");
        assertThatThrownBy(() -> NativeErrors.typed(tables.resources, "data/t", () -> {
                    throw failure;
                }))
                .hasCause(failure)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure()).isInstanceOf(EngineFailure.StorageUnavailable.class));
    }

    private RowBatches failingAfter(int batches, Supplier<Throwable> failure) {
        RowBatches rows = tables.batches(
                java.util.stream.LongStream.range(0, 10_000)
                        .mapToObj(n -> new Tables.Row("row-" + n, n))
                        .toList(),
                1000);
        return new RowBatches() {
            private int left = batches;

            @Override
            public Optional<VectorSchemaRoot> next() {
                if (left-- > 0) {
                    return rows.next();
                }
                switch (failure.get()) {
                    case Error error -> throw error;
                    case RuntimeException unchecked -> throw unchecked;
                    case Throwable other -> throw new IllegalArgumentException(other);
                }
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }
}
