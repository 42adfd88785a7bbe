package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.storage.Pin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommitRecordCodecTest {
    private static final Schema SCHEMA = SchemaCompiler.compile("""
            node Sample {
              key: String @key
              bool: Bool?  i32: I32?  i64: I64?  u32: U32?  u64: U64?  f32: F32?  f64: F64?
              day: Date?  time: DateTime?  tags: [String]?  counts: [I64]?
            }
            edge Link: Sample -> Sample { weight: F64? }
            """);
    private static final String KEY = "log/stream/1";

    private final RootAllocator memory = new RootAllocator();
    private final CommitRecordCodec codec = new CommitRecordCodec(hash -> SCHEMA, memory);

    @AfterEach
    void nothingLeaks() {
        memory.close();
    }

    private static EntityType type(String name) {
        return SCHEMA.types().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static EntityRow row(String id, boolean full) {
        List<Optional<Object>> values = new ArrayList<>();
        for (Property property : type("Sample").properties()) {
            values.add(
                    property.name().equals("key")
                            ? Optional.of(id)
                            : full ? Optional.of(extreme(property.name())) : Optional.empty());
        }
        return new EntityRow(id, Long.MIN_VALUE, Optional.empty(), values);
    }

    private static Object extreme(String property) {
        return switch (property) {
            case "bool" -> true;
            case "i32" -> Integer.MIN_VALUE;
            case "i64" -> Long.MIN_VALUE;
            case "u32" -> 4_294_967_295L;
            case "u64" -> -1L;
            case "f32" -> Float.MIN_VALUE;
            case "f64" -> -0.0;
            case "day" -> -365;
            case "time" -> -1L;
            case "tags" -> List.of("", "\u00e9\ud83d\ude00");
            case "counts" -> List.of(Long.MAX_VALUE, 0L);
            default -> throw new IllegalArgumentException(property);
        };
    }

    private static CommitRecord record() {
        CommitInfo commit = new CommitInfo(
                new CommitId("%026d".formatted(7)),
                BranchName.MAIN,
                2,
                1,
                CommitInfo.Kind.MUTATION,
                Optional.of(new CommitId("%026d".formatted(6))),
                Optional.of(new CommitId("%026d".formatted(5))),
                "act-alice",
                Optional.of("request"),
                Instant.parse("2024-02-29T23:59:59.123456Z"));
        EntityType sample = type("Sample");
        EntityType link = type("Link");
        Pin pin = new Pin("data/t1-ab", -5, 10, 2, 300, "sha256:00");
        return new CommitRecord(
                new StreamId("stream"),
                2,
                commit.id(),
                Optional.of("ab".repeat(32)),
                List.of(new CommitRecord.Member(
                        commit,
                        Optional.of(new CommitRecord.Source(new StreamId("other"), 7)),
                        Optional.of("decision"),
                        Map.of(
                                sample.id(),
                                new ChangeSet(
                                        1, 1, 1, List.of("a"), List.of("b"), List.of("c"), List.of(), List.of(), true),
                                link.id(),
                                new ChangeSet(
                                        1,
                                        0,
                                        0,
                                        List.of("e"),
                                        List.of(),
                                        List.of(),
                                        List.of(new ChangeSet.Ends("a", "b")),
                                        List.of(),
                                        true)))),
                SCHEMA,
                Map.of(link.id(), new CommitRecord.PinMove(pin, 1)),
                Map.of(
                        sample.id(),
                        new CommitRecord.Rows(List.of(row("a", true)), List.of(row("b", false)), Set.of("c"))),
                false,
                true,
                Optional.of(new CommitRecord.Genesis(
                        BranchName.MAIN,
                        Optional.of(new CommitRecord.Source(new StreamId("other"), 9)),
                        -42,
                        Optional.of(commit),
                        List.of(new CommitRecord.TypeImage(
                                sample.id(),
                                pin,
                                3,
                                List.of(
                                        new CommitRecord.Layer(
                                                4,
                                                new CommitRecord.Rows(List.of(row("x", true)), List.of(), Set.of("y"))),
                                        new CommitRecord.Layer(
                                                5,
                                                new CommitRecord.Rows(
                                                        List.of(), List.of(row("z", false)), Set.of()))))))));
    }

    @Test
    void everyPartAndEveryTypeOfValueComesBack() {
        byte[] bytes = codec.encode(record());
        assertThat(codec.decode(KEY, bytes)).isEqualTo(record());
        assertThat(codec.encode(codec.decode(KEY, bytes)))
                .as("the same record has the same bytes")
                .isEqualTo(bytes);
    }

    @Test
    void everyFlippedByteIsDamageAndNeverAnotherRecord() {
        byte[] bytes = codec.encode(record());
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            isCorrupt(damaged, "a flip at " + at);
        }
    }

    @Test
    void everyShorterOrLongerObjectIsDamage() {
        byte[] bytes = codec.encode(record());
        for (int length = 0; length < bytes.length; length++) {
            isCorrupt(Arrays.copyOf(bytes, length), "cut at " + length);
        }
        isCorrupt(Arrays.copyOf(bytes, bytes.length + 1), "a byte too many");
    }

    @Test
    void aCheckpointIsNotARecord() {
        byte[] first = codec.encode(record());
        assertThat(catchThrowable(() -> codec.decodeCheckpoint(KEY, first))).hasMessageContaining(KEY);
    }

    private void isCorrupt(byte[] damaged, String how) {
        Throwable thrown = catchThrowable(() -> codec.decode(KEY, damaged));
        assertThat(thrown).as(how).isInstanceOf(EngineException.class);
        assertThat(((EngineException) thrown).failure())
                .as(how)
                .isInstanceOfSatisfying(
                        EngineFailure.Corrupt.class,
                        corrupt -> assertThat(corrupt.object()).isEqualTo(KEY));
    }
}
