package io.precinct.engine.storage;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Where a graph store lives. */
public sealed interface StoreLocation {
    /**
     * A local directory, absolute.
     *
     * @param durable force files and directories before they count; off only in tests
     */
    record Directory(Path path, boolean durable) implements StoreLocation {}

    /**
     * A prefix of a bucket of an S3-compatible store. Secrets are never printed.
     *
     * @param endpoint of a store that is not Amazon's own
     * @param pathStyle the bucket is the first segment of an address' path, and not the first label of its host
     */
    record S3(
            String bucket,
            String prefix,
            String region,
            Optional<URI> endpoint,
            boolean pathStyle,
            String accessKeyId,
            String secretAccessKey)
            implements StoreLocation {
        /** The bucket in the path wherever an endpoint is given, since few of them have names for their buckets. */
        public S3(
                String bucket,
                String prefix,
                String region,
                Optional<URI> endpoint,
                String accessKeyId,
                String secretAccessKey) {
            this(bucket, prefix, region, endpoint, endpoint.isPresent(), accessKeyId, secretAccessKey);
        }

        @Override
        public String toString() {
            return "s3://" + bucket + "/" + prefix;
        }
    }

    /** The location {@code relative} below this one. */
    default StoreLocation below(String relative) {
        return switch (this) {
            case Directory d -> new Directory(d.path().resolve(relative), d.durable());
            case S3 s ->
                new S3(
                        s.bucket(),
                        s.prefix().isEmpty() ? relative : s.prefix() + "/" + relative,
                        s.region(),
                        s.endpoint(),
                        s.pathStyle(),
                        s.accessKeyId(),
                        s.secretAccessKey());
        };
    }
}
