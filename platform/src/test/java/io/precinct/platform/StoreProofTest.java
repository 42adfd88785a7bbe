package io.precinct.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.LocalObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StoreProofTest {
    @TempDir
    Path directory;

    private ObjectStore store;

    @BeforeEach
    void open() {
        store = LocalObjectStore.open(directory, false);
    }

    private StoreProof asking(Consumer<ObjectStore> proof) {
        return new StoreProof(store, proof, Duration.ofMillis(1));
    }

    @Test
    void nothingIsServedBeforeTheProof() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        StoreProof proof = asking(given -> {
            assertThat(given).isSameAs(store);
            asked.countDown();
            try {
                answer.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
        assertThat(proof.missing()).contains("put_if_absent_not_proved_yet");
        proof.start();
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(proof::require).hasMessageContaining("put_if_absent_not_proved_yet");
        answer.countDown();
        proof.await();
        assertThat(proof.missing()).isEmpty();
        proof.require();
    }

    @Test
    void aStoreThatDoesNotAnswerIsAskedAgain() {
        AtomicInteger asked = new AtomicInteger();
        StoreProof proof = asking(given -> {
            switch (asked.incrementAndGet()) {
                case 1 -> throw new StoreException(StoreException.Kind.UNAVAILABLE, "down", new Exception());
                case 2 -> throw new StoreException(StoreException.Kind.REFUSED, "no such bucket", new Exception());
                default -> {}
            }
        });
        proof.start();
        proof.await();
        assertThat(asked).hasValue(3);
        assertThat(proof.missing()).isEmpty();
    }

    @Test
    void aRefusalIsToldInAWord() throws Exception {
        CountDownLatch twice = new CountDownLatch(2);
        try (StoreProof proof = asking(given -> {
            twice.countDown();
            throw new StoreException(StoreException.Kind.REFUSED, "secret place", new Exception());
        })) {
            proof.start();
            assertThat(twice.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(proof.missing()).contains("store_refuses");
        }
    }

    @Test
    void closingEndsThePauseAndTellsWhoWaits() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        StoreProof proof = new StoreProof(
                store,
                given -> {
                    asked.countDown();
                    throw new StoreException(StoreException.Kind.UNAVAILABLE, "down", new Exception());
                },
                Duration.ofDays(1));
        proof.start();
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        proof.close();
        assertThatThrownBy(proof::await).hasMessageContaining("this node stops");
        assertThat(proof.missing()).contains("store_unavailable");
    }

    @Test
    void aBrokenPromiseIsFinal() {
        AtomicInteger asked = new AtomicInteger();
        StoreProof proof = asking(given -> {
            asked.incrementAndGet();
            throw new IllegalStateException("two were told that they created it");
        });
        proof.start();
        assertThatThrownBy(proof::await).isInstanceOf(CompletionException.class);
        assertThat(proof.missing()).isEqualTo(Optional.of("put_if_absent_broken"));
        assertThatThrownBy(proof::require).hasMessageContaining("put_if_absent_broken");
        assertThat(asked).hasValue(1);
    }
}
