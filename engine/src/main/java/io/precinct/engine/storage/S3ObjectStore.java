package io.precinct.engine.storage;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.spi.StoreException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Objects in a bucket of an S3-compatible store, which must honour {@code If-None-Match: *} on put. The client's own
 * retries are off for every request, since a retried conditional put can be refused because of its first attempt:
 * whatever is unclear is resolved here, by reading the object back and comparing bytes.
 *
 * <p>Requests block their thread. Close it when nobody uses it any more.
 */
public final class S3ObjectStore implements ObjectStore, AutoCloseable {
    private static final int ATTEMPTS = 5;
    private static final int PAGE = 1000;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;

    private final S3Client client;
    private final String bucket;
    private final String prefix;

    private S3ObjectStore(S3Client client, StoreLocation.S3 location) {
        this.client = client;
        this.bucket = location.bucket();
        this.prefix = location.prefix().isEmpty() ? "" : location.prefix() + "/";
    }

    /** Opens the store without contacting it. */
    public static S3ObjectStore open(StoreLocation.S3 location) {
        return open(location, List.of());
    }

    static S3ObjectStore open(StoreLocation.S3 location, List<ExecutionInterceptor> interceptors) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(5))
                        .socketTimeout(Duration.ofSeconds(30)))
                .region(Region.of(location.region()))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(location.accessKeyId(), location.secretAccessKey())))
                .overrideConfiguration(ClientOverrideConfiguration.builder()
                        .retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .executionInterceptors(interceptors)
                        .build());
        builder.forcePathStyle(location.pathStyle());
        location.endpoint().ifPresent(builder::endpointOverride);
        return new S3ObjectStore(builder.build(), location);
    }

    @Override
    public PutResult putIfAbsent(String key, byte[] bytes) {
        ObjectKeys.check(key);
        boolean doubtful = false;
        SdkException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            pause(attempt);
            try {
                client.putObject(
                        request -> request.bucket(bucket).key(prefix + key).ifNoneMatch("*"),
                        RequestBody.fromBytes(bytes));
                return PutResult.CREATED;
            } catch (SdkException e) {
                // A refusal says nothing of an earlier attempt whose answer was lost.
                if (isRefusal(e) && !doubtful) {
                    throw refused("object '" + key + "' was not written", e);
                }
                last = e;
                doubtful |= !isThrottle(e);
            }
            try {
                Optional<byte[]> there = read(key);
                if (there.isPresent()) {
                    return Arrays.equals(there.get(), bytes) ? PutResult.CREATED : PutResult.EXISTS;
                }
            } catch (SdkException e) {
                last.addSuppressed(e);
            }
        }
        // An attempt whose answer was lost may still be on its way into the store: absence now proves nothing.
        throw new StoreException(
                doubtful ? Kind.IN_DOUBT : Kind.UNAVAILABLE,
                "object '" + key + (doubtful ? "' may or may not have been written: " : "' was not written: ")
                        + message(last),
                last);
    }

    @Override
    public void put(String key, byte[] bytes) {
        ObjectKeys.check(key);
        retried(
                "object '" + key + "' was not written",
                () -> client.putObject(
                        request -> request.bucket(bucket).key(prefix + key), RequestBody.fromBytes(bytes)));
    }

    @Override
    public Optional<byte[]> get(String key) {
        ObjectKeys.check(key);
        return retried("object '" + key + "' can't be read", () -> read(key));
    }

    /** Bytes of an object; empty when there is none. */
    OptionalLong size(String key) {
        ObjectKeys.check(key);
        return retried("object '" + key + "' can't be looked at", () -> {
            try {
                return OptionalLong.of(
                        client.headObject(request -> request.bucket(bucket).key(prefix + key))
                                .contentLength());
            } catch (NoSuchKeyException e) {
                return OptionalLong.empty();
            }
        });
    }

    @Override
    public Optional<byte[]> get(String key, long start, int length) {
        ObjectKeys.check(key);
        if (length == 0) {
            return get(key).map(whole -> new byte[0]);
        }
        return retried("object '" + key + "' can't be read", () -> {
            try {
                return Optional.of(client.getObjectAsBytes(request -> request.bucket(bucket)
                                .key(prefix + key)
                                .range("bytes=" + start + "-" + (start + length - 1)))
                        .asByteArray());
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            } catch (S3Exception e) {
                if (e.statusCode() == 416) {
                    return Optional.of(new byte[0]);
                }
                throw e;
            }
        });
    }

    private Optional<byte[]> read(String key) {
        try {
            return Optional.of(
                    client.getObjectAsBytes(request -> request.bucket(bucket).key(prefix + key))
                            .asByteArray());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<String> list(String keyPrefix, Optional<String> startAfter, int limit) {
        return listed(keyPrefix, startAfter, limit).stream().map(Listed::key).toList();
    }

    @Override
    public List<Listed> listed(String keyPrefix, Optional<String> startAfter, int limit) {
        ObjectKeys.checkPrefix(keyPrefix);
        if (limit < 1) {
            throw new IllegalArgumentException("a listing has a limit of at least 1, not " + limit);
        }
        List<Listed> found = new ArrayList<>();
        Optional<String> after = startAfter;
        while (found.size() < limit) {
            ListObjectsV2Request.Builder request = ListObjectsV2Request.builder()
                    .bucket(bucket)
                    .prefix(prefix + keyPrefix)
                    .maxKeys(Math.min(PAGE, limit - found.size()));
            after.ifPresent(key -> request.startAfter(prefix + key));
            ListObjectsV2Response page = retried(
                    "the objects below '" + keyPrefix + "' can't be listed",
                    () -> client.listObjectsV2(request.build()));
            page.contents().stream()
                    .map(object -> new Listed(object.key().substring(prefix.length()), object.size()))
                    .forEach(found::add);
            if (!Boolean.TRUE.equals(page.isTruncated()) || page.contents().isEmpty()) {
                break;
            }
            after = Optional.of(found.getLast().key());
        }
        return List.copyOf(found);
    }

    @Override
    public void delete(String key) {
        ObjectKeys.check(key);
        retried(
                "object '" + key + "' can't be deleted",
                () -> client.deleteObject(request -> request.bucket(bucket).key(prefix + key)));
    }

    @Override
    public void close() {
        client.close();
    }

    /** Requests that may be repeated without harm. */
    private static <T> T retried(String failure, Supplier<T> request) {
        SdkException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            pause(attempt);
            try {
                return request.get();
            } catch (SdkException e) {
                if (isRefusal(e)) {
                    throw refused(failure, e);
                }
                last = e;
            }
        }
        throw new StoreException(Kind.UNAVAILABLE, failure + ": " + message(last), last);
    }

    /** Jittered, so that the losers of one race don't meet again; up to 50, 100, 200 and 400 ms. */
    private static void pause(int attempt) {
        if (attempt > 0) {
            LockSupport.parkNanos(ThreadLocalRandom.current()
                    .nextLong(Duration.ofMillis(25L << attempt).toNanos()));
        }
    }

    /** Answers that say for certain that nothing happened and will not happen. */
    private static boolean isRefusal(SdkException e) {
        return e instanceof S3Exception answered
                && answered.statusCode() >= 400
                && answered.statusCode() < 500
                && answered.statusCode() != CONFLICT
                && answered.statusCode() != PRECONDITION_FAILED
                && answered.statusCode() != 408
                && answered.statusCode() != 429;
    }

    private static boolean isThrottle(SdkException e) {
        return e instanceof S3Exception answered && answered.isThrottlingException();
    }

    private static StoreException refused(String failure, SdkException e) {
        String hint = e instanceof S3Exception answered && answered.statusCode() == NOT_FOUND
                ? "; does the bucket exist?"
                : "; check credentials and configuration";
        return new StoreException(Kind.REFUSED, failure + ": " + e.getMessage() + hint, e);
    }

    private static String message(SdkException e) {
        return e instanceof SdkClientException ? "the store can't be reached: " + e.getMessage() : String.valueOf(e);
    }
}
