package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.ObjectStore.PutResult;
import io.precinct.engine.spi.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3ObjectStoreTest extends ObjectStoreContract {
    @TempDir
    static Path directory;

    private static S3Server server;
    private StoreLocation.S3 location;
    private final List<S3ObjectStore> opened = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        server = new S3Server(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void bucket() {
        location = server.location();
    }

    @AfterEach
    void closeClients() {
        opened.forEach(S3ObjectStore::close);
    }

    @Override
    protected ObjectStore store() {
        return store(List.of());
    }

    @Override
    protected int races() {
        return 10;
    }

    @Test
    void theSizeOfAnObjectIsKnownWithoutItsBytes() {
        S3ObjectStore store = store(List.of());
        store.put("sized/one", new byte[7]);
        assertThat(store.size("sized/one")).hasValue(7);
        assertThat(store.size("sized/none")).isEmpty();
    }

    @Override
    protected Cuttable cuttable() {
        return promised(store());
    }

    @Override
    protected ObjectStore losingAnswers() {
        return store(List.of(losing(new AtomicInteger(), Integer.MAX_VALUE, true)));
    }

    private S3ObjectStore store(List<ExecutionInterceptor> interceptors) {
        S3ObjectStore store = S3ObjectStore.open(location, interceptors);
        opened.add(store);
        return store;
    }

    @Test
    void aPutWhoseAnswerIsLostIsFoundToBeCreated() {
        AtomicInteger puts = new AtomicInteger();
        S3ObjectStore store = store(List.of(losing(puts, 1, false)));
        assertThat(store.putIfAbsent("lost", bytes("mine"))).isEqualTo(PutResult.CREATED);
        assertThat(puts).hasValue(1);
        assertThat(store.putIfAbsent("lost", bytes("other"))).isEqualTo(PutResult.EXISTS);
    }

    @Test
    void aRefusalThatARepeatedPutMeetsBecauseOfItsOwnFirstAttemptIsSuccess() {
        List<Integer> answers = new ArrayList<>();
        AtomicInteger reads = new AtomicInteger();
        ExecutionInterceptor losingTheFirstPutAndRead = new ExecutionInterceptor() {
            @Override
            public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
                boolean put = context.request() instanceof PutObjectRequest;
                if (put) {
                    answers.add(context.httpResponse().statusCode());
                }
                if (put && answers.size() == 1
                        || context.request() instanceof GetObjectRequest && reads.incrementAndGet() == 1) {
                    throw SdkClientException.create("the answer was lost");
                }
            }
        };
        S3ObjectStore store = store(List.of(losingTheFirstPutAndRead));
        assertThat(store.putIfAbsent("own", bytes("mine"))).isEqualTo(PutResult.CREATED);
        assertThat(answers).containsExactly(200, 412);
        assertThat(store.get("own"))
                .hasValueSatisfying(there -> assertThat(there).isEqualTo(bytes("mine")));
    }

    @Test
    void anUnreachableStoreAfterALostAnswerIsInDoubt() {
        S3ObjectStore store = store(List.of(losing(new AtomicInteger(), Integer.MAX_VALUE, true)));
        assertThatThrownBy(() -> store.putIfAbsent("lost", bytes("mine")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.IN_DOUBT));
        assertThat(store().get("lost")).isPresent();
    }

    @Test
    void aRefusalAfterALostAnswerIsInDoubt() {
        AtomicInteger puts = new AtomicInteger();
        ExecutionInterceptor refusing = new ExecutionInterceptor() {
            @Override
            public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                if (context.request() instanceof PutObjectRequest && puts.get() > 0) {
                    throw S3Exception.builder()
                            .statusCode(403)
                            .awsErrorDetails(AwsErrorDetails.builder()
                                    .errorCode("AccessDenied")
                                    .build())
                            .message("expired in between")
                            .build();
                }
            }
        };
        S3ObjectStore store = store(List.of(refusing, losing(puts, 1, true)));
        assertThatThrownBy(() -> store.putIfAbsent("refused-later", bytes("mine")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.IN_DOUBT));
        assertThat(store().get("refused-later")).isPresent();
    }

    @Test
    void putsThatWereThrottledToTheLastSayThatNothingWasWritten() {
        AtomicInteger puts = new AtomicInteger();
        S3ObjectStore store = store(List.of(answeringPuts(503, "SlowDown", puts)));
        assertThatThrownBy(() -> store.putIfAbsent("throttled", bytes("mine")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE))
                .hasMessageContaining("'throttled' was not written")
                .hasMessageNotContaining("may or may not");
        assertThat(puts).hasValueGreaterThan(1);
        assertThat(store().get("throttled")).isEmpty();
    }

    @Test
    void aRefusalOfTheFirstAttemptIsNoDoubtAndIsNotRepeated() {
        AtomicInteger puts = new AtomicInteger();
        S3ObjectStore store = store(List.of(answeringPuts(403, "AccessDenied", puts)));
        assertThatThrownBy(() -> store.putIfAbsent("refused", bytes("mine"))).satisfies(ObjectStoreContract::isRefusal);
        assertThat(puts).hasValue(1);
    }

    private static ExecutionInterceptor answeringPuts(int status, String code, AtomicInteger puts) {
        return new ExecutionInterceptor() {
            @Override
            public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                if (context.request() instanceof PutObjectRequest) {
                    puts.incrementAndGet();
                    throw S3Exception.builder()
                            .statusCode(status)
                            .awsErrorDetails(
                                    AwsErrorDetails.builder().errorCode(code).build())
                            .message(code)
                            .build();
                }
            }
        };
    }

    @Test
    void wrongCredentialsAreRefusedAndNeverPrinted() {
        location = new StoreLocation.S3(
                location.bucket(), location.prefix(), location.region(), location.endpoint(), "test-key", "hunter2");
        // A read: a put whose connection breaks before the refusal arrives is in doubt, and rightly so.
        assertThatThrownBy(() -> store().get("a")).satisfies(ObjectStoreContract::isRefusal);
        assertThat(location.toString()).doesNotContain("hunter2", "test-key");
    }

    /** Drops the answers of the first puts after they took effect, and of all reads when told to. */
    private static ExecutionInterceptor losing(AtomicInteger puts, int lost, boolean readsToo) {
        return new ExecutionInterceptor() {
            @Override
            public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
                boolean put = context.request() instanceof PutObjectRequest;
                if (put && puts.incrementAndGet() <= lost
                        || readsToo && context.request() instanceof GetObjectRequest) {
                    throw SdkClientException.create("the answer was lost");
                }
            }
        };
    }
}
