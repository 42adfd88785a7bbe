package io.precinct.platform.identity.issuer;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Keeps the issuer's state in one private file, written as a whole before a change takes effect. A file and not the
 * control database: the state is small, one process owns it, and {@code token} must work while the node is down.
 * Thread-safe; every reader sees a complete state.
 */
public final class IssuerStore {
    private static final String FILE = "accounts.json";
    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModule(new Jdk8Module())
            .registerModule(new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private final Path file;
    private volatile IssuerState state;

    /** Opens the state kept in {@code folder}, empty at first. */
    public IssuerStore(Path folder) throws IOException {
        PrivateFiles.createFolder(folder);
        file = folder.resolve(FILE);
        state = Files.exists(file) ? JSON.readValue(PrivateFiles.read(file), IssuerState.class) : IssuerState.EMPTY;
    }

    public IssuerState state() {
        return state;
    }

    /** Replaces the state; {@code change} sees the latest one, and nothing changed meanwhile. */
    public synchronized IssuerState update(UnaryOperator<IssuerState> change) {
        IssuerState next = change.apply(state);
        if (next.equals(state)) {
            return next;
        }
        try {
            PrivateFiles.replace(file, JSON.writeValueAsBytes(next));
        } catch (IOException failed) {
            throw new UncheckedIOException("the issuer's state cannot be written to " + file, failed);
        }
        state = next;
        return next;
    }
}
