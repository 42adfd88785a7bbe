package io.precinct.engine.storage;

class InMemoryTableStoreTest extends TableStoreContract {
    @Override
    protected Tables opened() {
        return new Tables(new InMemoryTableStore());
    }
}
