package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.EngineLimits;
import io.precinct.engine.LoadMode;
import io.precinct.engine.ReaderKind;
import io.precinct.engine.search.Embeddings;
import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadLimitsTest {
    private final MemoryGraph graph = new MemoryGraph(TestSchema.SCHEMA);

    @AfterEach
    void close() {
        graph.close();
    }

    private EngineFailure.ResourceLimit beyond(LoadLimits limits, ReaderKind reader, String lines) {
        AtomicLong ids = new AtomicLong();
        WriteTools tools = new WriteTools(
                graph.views,
                graph.tables,
                () -> "%026d".formatted(ids.incrementAndGet()),
                TestSchema::bind,
                WriteLimits.DEFAULT,
                limits,
                new Embeddings(new MockEmbedder()),
                BlobValues.IN_ROWS);
        var before = graph.head;
        try (Loader loader = new Loader(
                tools,
                new Loader.Request(
                        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                        LoadMode.APPEND,
                        reader,
                        AccessGate.UNRESTRICTED,
                        MemoryGraph.BY,
                        LoadProgress.SILENT,
                        () -> false))) {
            EngineException refusal = catchThrowableOfType(EngineException.class, () -> graph.commit(loader));
            assertThat(graph.head).isSameAs(before);
            return (EngineFailure.ResourceLimit) refusal.failure();
        }
    }

    private static String people(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"type\":\"Person\",\"data\":{\"slug\":\"p" + i + "\",\"name\":\"n\"}}\n")
                .collect(Collectors.joining());
    }

    private static LoadLimits limits(int lineBytes, int lineStructure, long idBytes) {
        return new LoadLimits(lineBytes, lineStructure, 1_000, 1L << 20, idBytes);
    }

    @Test
    void defaultsAreThoseOfTheLanguage() {
        EngineLimits limits = EngineLimits.DEFAULTS;
        assertThat(limits.mutation()).isEqualTo(new WriteLimits(8_192, 33_554_432));
        assertThat(limits.load().lineBytes()).isEqualTo(33_554_432);
        assertThat(limits.load().lineStructure()).isEqualTo(131_072);
        assertThat(limits.load().aliases()).isEqualTo(1_000_000);
        assertThat(limits.load().openBytes()).isEqualTo(134_217_728);
        assertThat(limits.load().idBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
        assertThat(limits.preparations()).isEqualTo(32);
    }

    @Test
    void aLimitOfNothingIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> limits(0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> limits(1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> limits(1, 1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineLimits(WriteLimits.DEFAULT, LoadLimits.DEFAULT, 0, ExternalBlobs.NONE));
    }

    @Test
    void aLongLineIsRefused() {
        EngineFailure.ResourceLimit found = beyond(limits(49, 1_000, 1 << 20), ReaderKind.STRICT, "\n" + people(12));
        assertThat(found.resource()).isEqualTo("bytes of line 12");
        assertThat(found.limit()).isEqualTo(49);
        assertThat(found.actual()).isEqualTo(50);
    }

    @Test
    void aLineOfMuchStructureIsRefused() {
        EngineFailure.ResourceLimit found = beyond(limits(1_000, 8, 1 << 20), ReaderKind.STRICT, people(1));
        assertThat(found.resource()).isEqualTo("structural characters of line 1");
        assertThat(found.actual()).isEqualTo(10);
    }

    @Test
    void aLoadWhoseIdsDoNotFitIsRefusedWhicheverReaderReads() {
        for (ReaderKind reader : ReaderKind.values()) {
            EngineFailure.ResourceLimit found = beyond(limits(1_000, 1_000, 10_000), reader, people(2_000));
            assertThat(found.resource()).isEqualTo("bytes of the ids that one write remembers");
            assertThat(found.limit()).isEqualTo(10_000);
        }
    }
}
