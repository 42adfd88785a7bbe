package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class ManifestFileTest {
    /** Three bytes of another section, a message of four bytes, and the end. */
    private static byte[] file(long start, int length, String letters) {
        ByteBuffer file = ByteBuffer.allocate(3 + 4 + 4 + 16).order(ByteOrder.LITTLE_ENDIAN);
        file.position(3);
        file.putInt(length).put(new byte[] {1, 2, 3, 4}).putLong(start).putInt(0);
        return file.put(letters.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .array();
    }

    private static ByteBuffer message(byte[] bytes) {
        return new ManifestFile("t/_versions/1.manifest", bytes).message();
    }

    @Test
    void theMessageIsWhatItsEndPointsTo() {
        assertThat(message(file(3, 4, "LANC"))).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
        assertThat(message(file(3, 2, "LANC")).isDirect()).isTrue();
    }

    @Test
    void whatIsBuiltOtherwiseIsDamageThatNamesTheFile() {
        for (byte[] bytes : new byte[][] {
            {},
            new byte[15],
            file(3, 4, "LANX"),
            file(-1, 4, "LANC"),
            file(8, 0, "LANC"),
            file(Long.MAX_VALUE, 4, "LANC"),
            file(3, -1, "LANC"),
            file(3, 5, "LANC"),
            file(3, Integer.MAX_VALUE, "LANC")
        }) {
            assertThatThrownBy(() -> message(bytes))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.failure())
                                    .isInstanceOfSatisfying(
                                            EngineFailure.Corrupt.class,
                                            corrupt ->
                                                    assertThat(corrupt.object()).isEqualTo("t/_versions/1.manifest")));
        }
    }
}
