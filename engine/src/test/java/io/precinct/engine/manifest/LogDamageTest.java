package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Derived objects may be damaged or lost; a damaged record stops its stream and is never stepped over. */
class LogDamageTest {
    @TempDir
    private Path directory;

    private static List<String> keys(LogRig rig, String part) {
        return rig.objects.keys().stream()
                .filter(key -> key.contains(part) && !key.contains("~refs"))
                .toList();
    }

    private static void write(LogRig rig, GraphLog log, int writes) {
        for (int i = 0; i < writes; i++) {
            rig.commit(log, rig.put("key" + i % 3, i));
        }
    }

    @Test
    void damagedCheckpointsFallBackToEarlierOnesAndThenToRecords() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            write(rig, log, 100);
            Map<String, Long> expected = rig.read(log);
            List<String> checkpoints = keys(rig, "/checkpoint/");
            assertThat(checkpoints).hasSize(3);
            for (String checkpoint : checkpoints) {
                byte[] bytes = rig.objects.get(checkpoint).orElseThrow();
                bytes[bytes.length / 2] ^= 1;
                rig.objects.overwrite(checkpoint, bytes);
                try (GraphLog other = rig.open()) {
                    assertThat(rig.read(other)).isEqualTo(expected);
                }
            }
            checkpoints.forEach(rig.objects::delete);
            try (GraphLog other = rig.open()) {
                assertThat(rig.read(other)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aDamagedLostOrOldHintCostsOnlyRequests() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            write(rig, log, 100);
            Map<String, Long> expected = rig.read(log);
            String hint = keys(rig, "/hint").getFirst();
            for (String text : List.of("nonsense", "", "32", "31", "9999")) {
                rig.objects.overwrite(hint, text.getBytes(StandardCharsets.US_ASCII));
                try (GraphLog other = rig.open()) {
                    assertThat(rig.read(other)).as(text).isEqualTo(expected);
                }
            }
            rig.objects.delete(hint);
            try (GraphLog other = rig.open()) {
                assertThat(rig.read(other)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aDamagedRecordStopsReadersAndWritersAndIsNamed() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            write(rig, log, 10);
            String stream = log.head(BranchName.MAIN).stream().value();
            String key = "log/" + stream + "/" + StreamLog.inverted(5);
            byte[] bytes = rig.objects.get(key).orElseThrow();
            bytes[bytes.length - 40] ^= 1;
            rig.objects.overwrite(key, bytes);
            int before = rig.objects.keys().size();
            try (GraphLog other = rig.open()) {
                stops(key, () -> other.head(BranchName.MAIN));
                stops(key, () -> rig.commit(other, rig.put("key0", 1)));
            }
            assertThat(rig.objects.keys()).hasSize(before);
        }
    }

    @Test
    void aRecordOfAnotherSlotOrHistoryStopsToo() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            write(rig, log, 10);
            String stream = log.head(BranchName.MAIN).stream().value();
            String key = "log/" + stream + "/" + StreamLog.inverted(5);
            rig.objects.overwrite(
                    key,
                    rig.objects
                            .get("log/" + stream + "/" + StreamLog.inverted(6))
                            .orElseThrow());
            try (GraphLog other = rig.open()) {
                stops(key, () -> other.head(BranchName.MAIN));
            }
        }
    }

    private static void stops(String key, org.assertj.core.api.ThrowableAssert.ThrowingCallable use) {
        EngineException thrown = catchThrowableOfType(EngineException.class, use);
        assertThat(thrown.failure())
                .isInstanceOfSatisfying(
                        EngineFailure.Corrupt.class,
                        corrupt -> assertThat(corrupt.object()).isEqualTo(key));
    }
}
