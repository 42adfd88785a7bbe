package io.precinct.engine.storage;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LanceTableStoreTest extends TableStoreContract {
    @TempDir
    Path directory;

    @Override
    protected StoreLocation location() {
        return new StoreLocation.Directory(directory.resolve("graph"), true);
    }
}
