package io.precinct.platform.config;

import io.precinct.engine.storage.StoreLocation;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where graphs are kept: below the node's home, or in a bucket of an S3-compatible store. Blank values count as absent,
 * so that the environment can be named for each.
 *
 * @param type {@code local} or {@code s3}; the other keys are for {@code s3} only
 * @param prefix of every key in the bucket
 * @param endpoint of a store that is not Amazon's
 * @param pathStyle the bucket is in the path of addresses; it is when absent and there is an endpoint
 * @param credentials file in the form of Amazon's shared credentials; from the environment when absent
 */
public record StoreSettings(
        String type,
        Optional<String> bucket,
        String prefix,
        String region,
        Optional<String> endpoint,
        Optional<String> pathStyle,
        Optional<String> credentials) {
    private static final String LOCAL = "local";
    private static final String S3 = "s3";

    public static final StoreSettings DEFAULTS =
            new StoreSettings(null, Optional.empty(), null, null, null, null, null);

    public StoreSettings {
        type = given(Optional.ofNullable(type)).orElse(LOCAL);
        bucket = given(bucket);
        prefix = given(Optional.ofNullable(prefix)).orElse("");
        region = given(Optional.ofNullable(region)).orElse("us-east-1");
        endpoint = given(endpoint);
        pathStyle = given(pathStyle);
        credentials = given(credentials);
        Check.that(type.equals(LOCAL) || type.equals(S3), "store.type", "must be local or s3");
        if (type.equals(LOCAL)) {
            Check.that(
                    bucket.isEmpty() && prefix.isEmpty() && endpoint.isEmpty() && credentials.isEmpty(),
                    "store.type",
                    "is local, which takes no bucket, prefix, endpoint or credentials: say s3, or leave them out");
        } else {
            Check.that(
                    bucket.isPresent() && bucket.get().matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
                    "store.bucket",
                    "must be the name of a bucket");
            Check.that(
                    prefix.isEmpty() || prefix.matches("[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*"),
                    "store.prefix",
                    "must be segments of letters, digits and ._~- with / between them");
            Check.that(
                    endpoint.isEmpty() || web(endpoint.get()), "store.endpoint", "must be http://HOST or https://HOST");
            Check.that(
                    pathStyle.isEmpty() || pathStyle.get().matches("true|false"),
                    "store.pathStyle",
                    "must be true or false");
        }
    }

    private static Optional<String> given(Optional<String> value) {
        return value == null ? Optional.empty() : value.map(String::strip).filter(text -> !text.isEmpty());
    }

    private static boolean web(String text) {
        try {
            URI uri = URI.create(text);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && (uri.getPath().isEmpty() || uri.getPath().equals("/"));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /**
     * The root of all tenants.
     *
     * @param home the node's folder, absolute
     * @param durable see {@link EngineSettings#durable()}; stores elsewhere always are
     * @throws IllegalArgumentException when the credentials are missing, naming where they are looked for
     */
    public StoreLocation location(Path home, boolean durable, Function<String, Optional<String>> environment) {
        if (type.equals(LOCAL)) {
            return new StoreLocation.Directory(home, durable);
        }
        StoreCredentials keys = credentials
                .map(file -> StoreCredentials.ofFile(home.resolve(file)))
                .orElseGet(() -> StoreCredentials.ofEnvironment(environment));
        Optional<URI> address = endpoint.map(URI::create).map(StoreSettings::withoutPath);
        return new StoreLocation.S3(
                bucket.orElseThrow(),
                prefix,
                region,
                address,
                pathStyle.map(Boolean::parseBoolean).orElse(address.isPresent()),
                keys.accessKeyId(),
                keys.secretAccessKey());
    }

    private static URI withoutPath(URI endpoint) {
        return URI.create(endpoint.getScheme() + "://" + endpoint.getRawAuthority());
    }
}
