package io.precinct.engine.crash;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.TableStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Stores whose disk takes nothing more from a moment on, and everything again later. Reads always go on. Thread-safe. */
final class FailingStores {
    enum Trouble {
        FULL(StoreException.Kind.UNAVAILABLE, "No space left on device"),
        READ_ONLY(StoreException.Kind.UNAVAILABLE, "Read-only file system");

        private final StoreException.Kind kind;
        private final String text;

        Trouble(StoreException.Kind kind, String text) {
            this.kind = kind;
            this.text = text;
        }
    }

    private static final Set<String> WRITES = Set.of(
            "putIfAbsent",
            "put",
            "delete",
            "create",
            "stage",
            "widen",
            "append",
            "rewriteRows",
            "replace",
            "compact",
            "commitCompaction",
            "deleteFile");

    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
    private volatile Optional<Trouble> trouble = Optional.empty();

    /** After so many more writes. */
    void begin(Trouble what, int writes) {
        trouble = Optional.of(what);
        left.set(writes);
    }

    void end() {
        trouble = Optional.empty();
    }

    /** Whether some write has met the trouble since it began. */
    boolean wasMet() {
        return left.get() < 0;
    }

    LocalEngine.Doors doors() {
        return new LocalEngine.Doors(this::objects, this::tables);
    }

    private ObjectStore objects(ObjectStore real) {
        return front(ObjectStore.class, real);
    }

    private TableStore tables(TableStore real) {
        return front(TableStore.class, real);
    }

    private <T> T front(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(
                FailingStores.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Optional<Trouble> now = trouble;
                    if (now.isPresent() && WRITES.contains(method.getName()) && left.decrementAndGet() < 0) {
                        throw failure(type, now.get());
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }

    /** As the two stores tell it: each types what the system says. */
    private static RuntimeException failure(Class<?> type, Trouble trouble) {
        IOException cause = new IOException(trouble.text);
        return type == ObjectStore.class
                ? new StoreException(trouble.kind, "it was not written: " + trouble.text, cause)
                : new EngineException(
                        new EngineFailure.StorageUnavailable(trouble.text, EngineFailure.Retry.LATER), cause);
    }
}
