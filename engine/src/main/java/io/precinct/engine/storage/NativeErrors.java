package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.EngineFailure.Retry;
import io.precinct.engine.spi.StoreException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;

/**
 * Gives every failure of the native library a type. It throws untyped exceptions told apart by their texts; nothing
 * outside this class reads those.
 */
final class NativeErrors {
    private NativeErrors() {}

    /** Runs {@code call} on the pool of {@code resources} and types what it throws. */
    static <T> T typed(NativeResources resources, String dataset, Callable<T> call) {
        try {
            return resources.pool().call(call);
        } catch (Exception | Error e) {
            throw of(dataset, resources.allocator(), e);
        }
    }

    /**
     * The typed form of {@code thrown}, which is its cause; an {@link EngineException} is itself, and so is a broken
     * contract of ours. An {@link Error} gets a type as well: the library reports through errors what is no end of the
     * JVM, such as a native method that is missing or a stack that ran out.
     */
    static RuntimeException of(String dataset, BufferAllocator allocator, Throwable thrown) {
        if (thrown instanceof EngineException typed) {
            return typed;
        }
        if (thrown instanceof ContractBroken broken) {
            return broken;
        }
        return new EngineException(classify(dataset, allocator, thrown), thrown);
    }

    /** A caller broke the contract of this package: a defect of ours, never of the data. */
    static final class ContractBroken extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        ContractBroken(String message) {
            super(message);
        }
    }

    private static EngineFailure classify(String dataset, BufferAllocator allocator, Throwable thrown) {
        if (thrown instanceof StoreException store) {
            return new EngineFailure.StorageUnavailable(
                    String.valueOf(store.getMessage()),
                    store.kind() == StoreException.Kind.REFUSED ? Retry.NEVER : Retry.LATER);
        }
        String text = texts(thrown);
        if (isMemory(thrown, text)) {
            return new EngineFailure.ResourceLimit(
                    "memory for rows", allocator.getLimit(), allocator.getAllocatedMemory());
        }
        if (text.contains("no space left") || text.contains("disk quota exceeded")) {
            return new EngineFailure.StorageUnavailable("the disk is full", Retry.LATER);
        }
        if (text.contains("read-only file system")) {
            return new EngineFailure.StorageUnavailable("the disk takes no writes", Retry.LATER);
        }
        if (text.contains("too many open files") || text.contains("input/output error")) {
            return new EngineFailure.StorageUnavailable(
                    "the system can't reach a file of " + dataset + ": " + firstLine(thrown), Retry.LATER);
        }
        if (text.contains("retryable commit conflict") || text.contains("too many concurrent writers")) {
            return new EngineFailure.StorageUnavailable("the dataset is being changed by another writer", Retry.LATER);
        }
        if (text.contains("incompatible transaction")) {
            return new EngineFailure.StorageUnavailable(
                    "the dataset was changed in a way that this write can't follow", Retry.AFTER_REFRESH);
        }
        if (text.contains("permission denied") || text.contains("accessdenied") || text.contains("invalidaccesskey")) {
            return new EngineFailure.StorageUnavailable("the store refuses access", Retry.NEVER);
        }
        if (isConnection(text)) {
            return new EngineFailure.StorageUnavailable("the store can't be reached", Retry.LATER);
        }
        if (text.contains("not found") || text.contains("no such file")) {
            return new EngineFailure.Corrupt(dataset, "a file that this version names is missing");
        }
        if (thrown instanceof IOException || text.contains("panicked") || text.contains("ioexception")) {
            return new EngineFailure.Corrupt(dataset, "the library can't read it: " + firstLine(thrown));
        }
        return new EngineFailure.StorageUnavailable(
                "the native library refused a call on " + dataset + ": " + firstLine(thrown), Retry.NEVER);
    }

    private static boolean isMemory(Throwable thrown, String text) {
        return thrown instanceof OutOfMemoryException
                || text.contains("unable to allocate buffer")
                || text.contains("outofmemoryexception");
    }

    private static boolean isConnection(String text) {
        return text.contains("generic s3 error")
                || text.contains("error sending request")
                || text.contains("connection refused")
                || text.contains("timed out")
                || text.contains("operation timeout");
    }

    private static String texts(Throwable thrown) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            all.append(t).append('\n');
        }
        return all.toString().toLowerCase(Locale.ROOT);
    }

    private static String firstLine(Throwable thrown) {
        String text = String.valueOf(thrown.getMessage());
        int end = text.indexOf('\n');
        return text.substring(0, Math.min(end < 0 ? text.length() : end, 300));
    }
}
