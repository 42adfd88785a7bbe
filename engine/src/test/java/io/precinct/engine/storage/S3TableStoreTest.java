package io.precinct.engine.storage;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class S3TableStoreTest extends TableStoreContract {
    @TempDir
    static Path directory;

    private static S3Server server;

    @BeforeAll
    static void start() throws Exception {
        server = new S3Server(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Override
    protected Tables opened() {
        return new Tables(server.location(), LanceTableStore.Settings.DEFAULTS);
    }
}
