package io.precinct.platform.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Keys of an S3-compatible store. They are read once, at the start, and never printed. */
record StoreCredentials(String accessKeyId, String secretAccessKey) {
    private static final String KEYS = "store.credentials";

    static StoreCredentials ofEnvironment(Function<String, Optional<String>> environment) {
        Check.that(
                given(environment, "AWS_SESSION_TOKEN").isEmpty(),
                KEYS,
                "in the environment come with AWS_SESSION_TOKEN, and keys that expire do not last as long as a server:"
                        + " use keys of a user made for it");
        return of(
                given(environment, "AWS_ACCESS_KEY_ID"),
                given(environment, "AWS_SECRET_ACCESS_KEY"),
                "the environment lacks AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY");
    }

    /** Reads {@code aws_access_key_id} and {@code aws_secret_access_key} of the section {@code default}, or of none. */
    static StoreCredentials ofFile(Path file) {
        Map<String, String> values = new HashMap<>();
        try {
            boolean ours = true;
            for (String line : Files.readAllLines(file)) {
                String text = line.strip();
                if (text.startsWith("[")) {
                    ours = text.equals("[default]");
                } else if (ours && !text.startsWith("#") && text.indexOf('=') > 0) {
                    int equals = text.indexOf('=');
                    values.put(
                            text.substring(0, equals).strip(),
                            text.substring(equals + 1).strip());
                }
            }
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(KEYS + " can't be read from " + file, unreadable);
        }
        return of(
                Optional.ofNullable(values.get("aws_access_key_id")),
                Optional.ofNullable(values.get("aws_secret_access_key")),
                file + " lacks aws_access_key_id or aws_secret_access_key in its section [default]");
    }

    private static StoreCredentials of(Optional<String> id, Optional<String> secret, String otherwise) {
        Check.that(
                id.filter(key -> !key.isBlank()).isPresent()
                        && secret.filter(key -> !key.isBlank()).isPresent(),
                KEYS,
                "are missing: " + otherwise);
        return new StoreCredentials(id.orElseThrow(), secret.orElseThrow());
    }

    private static Optional<String> given(Function<String, Optional<String>> environment, String name) {
        return environment.apply(name).filter(value -> !value.isBlank());
    }

    @Override
    public String toString() {
        return "StoreCredentials";
    }
}
