package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.InMemoryObjectStore.Fault;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import io.precinct.engine.storage.InMemoryObjectStore.Request;
import org.junit.jupiter.api.Test;

class InMemoryObjectStoreTest extends ObjectStoreContract {
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Override
    protected Cuttable cuttable() {
        return promised(store);
    }

    @Override
    protected ObjectStore losingAnswers() {
        store.failNext(Operation.PUT_IF_ABSENT, Fault.IN_DOUBT_AFTER);
        return store;
    }

    @Test
    void aPlannedFaultStrikesOnceBeforeOrAfterTheEffect() {
        store.failNext(Operation.PUT_IF_ABSENT, Fault.IN_DOUBT_BEFORE);
        store.failNext(Operation.PUT_IF_ABSENT, Fault.IN_DOUBT_AFTER);
        assertThatThrownBy(() -> store.putIfAbsent("a", bytes("x")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.IN_DOUBT));
        assertThat(store.keys()).isEmpty();
        assertThatThrownBy(() -> store.putIfAbsent("a", bytes("x"))).isInstanceOf(StoreException.class);
        assertThat(store.keys()).containsExactly("a");
    }

    @Test
    void requestsAreLoggedAndCountedByKind() {
        store.putIfAbsent("a", bytes("x"));
        assertThat(store.get("b")).isEmpty();
        assertThat(store.requests())
                .containsExactly(new Request(Operation.PUT_IF_ABSENT, "a"), new Request(Operation.GET, "b"));
        assertThat(store.counts()).containsEntry(Operation.GET, 1L).containsEntry(Operation.LIST, 0L);
        store.forgetRequests();
        assertThat(store.requests()).isEmpty();
    }
}
