package io.precinct.engine.storage;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LanceTableStoreTest extends TableStoreContract {
    @TempDir
    Path directory;

    @Override
    protected Tables opened() {
        return new Tables(directory.resolve("graph"), true);
    }
}
