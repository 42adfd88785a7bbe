package io.precinct.platform.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.platform.errors.BodyRefusedException;
import io.precinct.platform.errors.Problem;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BodyLimitFilterTest {
    private final AtomicLong nanos = new AtomicLong();

    /** Each read gives {@code bytes} and takes {@code seconds}. */
    private BodyLimitFilter.CountedStream arriving(int bytes, long seconds) {
        return new BodyLimitFilter.CountedStream(
                new ServletInputStream() {
                    @Override
                    public int read() {
                        throw new UnsupportedOperationException("blocks are read");
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) {
                        nanos.addAndGet(seconds * 1_000_000_000);
                        return bytes;
                    }

                    @Override
                    public boolean isFinished() {
                        return false;
                    }

                    @Override
                    public boolean isReady() {
                        return true;
                    }

                    @Override
                    public void setReadListener(ReadListener listener) {
                        throw new UnsupportedOperationException("blocks are read");
                    }
                },
                1 << 20,
                nanos::get);
    }

    @Test
    void aBodyThatTricklesIsRefused() throws Exception {
        BodyLimitFilter.CountedStream body = arriving(1, 5);
        byte[] target = new byte[16];
        assertThat(body.read(target, 0, 16)).isEqualTo(1);
        assertThat(body.read(target, 0, 16)).isEqualTo(1);
        assertThatThrownBy(() -> body.read(target, 0, 16))
                .isInstanceOfSatisfying(
                        BodyRefusedException.class,
                        refused -> assertThat(refused.failure().problem()).isEqualTo(Problem.BODY_TOO_SLOW));
    }

    @Test
    void aBodyThatKeepsComingIsReadAndSoIsOneWhoseReaderIsSlow() throws Exception {
        BodyLimitFilter.CountedStream steady = arriving(2_048, 1);
        byte[] target = new byte[4_096];
        for (int i = 0; i < 60; i++) {
            assertThat(steady.read(target, 0, target.length)).isEqualTo(2_048);
        }
        BodyLimitFilter.CountedStream prompt = arriving(1, 0);
        for (int i = 0; i < 60; i++) {
            nanos.addAndGet(5_000_000_000L);
            assertThat(prompt.read(target, 0, target.length)).isEqualTo(1);
        }
    }
}
