package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.Tables.Row;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What datasets cost on an object store, by the requests that reach it. */
class DatasetRequestsTest {
    private static final LanceTableStore.Settings SETTINGS = LanceTableStore.Settings.DEFAULTS;

    @TempDir
    Path directory;

    private S3Server server;
    private RequestLog log;
    private StoreLocation.S3 location;

    @BeforeEach
    void start() throws Exception {
        server = new S3Server(directory);
        log = new RequestLog(server.endpoint());
        StoreLocation.S3 direct = server.location();
        location = new StoreLocation.S3(
                direct.bucket(),
                direct.prefix(),
                direct.region(),
                Optional.of(log.endpoint()),
                direct.accessKeyId(),
                direct.secretAccessKey());
    }

    @AfterEach
    void stop() throws Exception {
        log.close();
        server.close();
    }

    /** The requests that are no reads of data, as method and folder. */
    private List<String> control() {
        return log.requests().stream()
                .filter(request -> !request.contains("/data/t-") || !request.matches("GET .*/data/[^/]*[.]lance.*"))
                .map(request -> request.replaceAll("^(\\S+) .*/(_versions|_transactions|data)/.*$", "$1 $2"))
                .toList();
    }

    @Test
    void aColdReadOfAPinIsOneReadOfItsManifestAndAWarmOneNone() {
        Pin pin;
        try (Tables tables = new Tables(location, SETTINGS)) {
            Pin one = tables.store.create("t", Tables.SCHEMA);
            for (int i = 0; i < 5; i++) {
                one = tables.store.append(one, List.of(tables.stage(one, new Row("k" + i, (long) i))));
            }
            pin = one;
        }
        try (Tables tables = new Tables(location, SETTINGS)) {
            log.forget();
            assertThat(tables.rows(pin)).hasSize(5);
            assertThat(control()).containsExactly("GET _versions");
            log.forget();
            assertThat(tables.rows(pin)).hasSize(5);
            assertThat(control()).isEmpty();
        }
    }

    @Test
    void anAppendOnAnOpenVersionIsThreePutsAndTheReadOfItsOwnManifest() {
        try (Tables tables = new Tables(location, SETTINGS)) {
            Pin pin = tables.store.create("t", Tables.SCHEMA);
            for (int depth = 0; depth < 8; depth++) {
                log.forget();
                pin = tables.store.append(pin, List.of(tables.stage(pin, new Row("k" + depth, 1L))));
                if (depth > 0) {
                    assertThat(control())
                            .as("depth " + depth)
                            .containsExactly("PUT data", "PUT _transactions", "PUT _versions", "GET _versions");
                }
            }
        }
    }

    @Test
    void aStoreThatRefusesTheReadOfAManifestIsReportedAsSuch() {
        Pin pin;
        try (Tables tables = new Tables(location, SETTINGS)) {
            pin = tables.store.create("t", Tables.SCHEMA);
        }
        StoreLocation.S3 wrong = new StoreLocation.S3(
                location.bucket(), location.prefix(), location.region(), location.endpoint(), "test-key", "wrong");
        try (Tables tables = new Tables(wrong, SETTINGS)) {
            assertThatThrownBy(() -> tables.rows(pin)).isInstanceOfSatisfying(EngineException.class, e -> {
                assertThat(e.failure()).isInstanceOf(EngineFailure.StorageUnavailable.class);
                assertThat(e.failure().message())
                        .contains(ManifestFile.name(pin.dataset(), pin.version()), "credentials")
                        .doesNotContain("native library", "wrong");
            });
        }
    }
}
