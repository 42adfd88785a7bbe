package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Contents of Blobs: small ones in their rows, others as immutable objects {@code blob/<SHA-256>}, so that equal contents of
 * any rows, branches and times are one object. A content is durable before its cell is given out; one that no published
 * row names is garbage for the collector. Thread-safe.
 */
public final class BlobStore {
    private final ObjectStore store;

    public BlobStore(ObjectStore store) {
        this.store = store;
    }

    static String key(String digest) {
        return "blob/" + digest;
    }

    /** The cell of a content, which is kept by then. */
    public BlobCell keep(byte[] content) {
        if (content.length <= BlobCell.MOST_INLINE) {
            return new BlobCell.Inline(content);
        }
        BlobCell.Stored cell = new BlobCell.Stored(digest(content), content.length);
        try {
            if (store.putIfAbsent(key(cell.digest()), content) == ObjectStore.PutResult.EXISTS) {
                throw new EngineException(
                        new EngineFailure.Corrupt(key(cell.digest()), "it holds another content than its name says"));
            }
        } catch (StoreException failed) {
            // Whether it is there or not, no row names it yet.
            throw unavailable(failed);
        }
        return cell;
    }

    /** All of a content, which is what its digest says. */
    public byte[] read(BlobCell.Stored cell) {
        byte[] content = range(cell, 0, Math.toIntExact(cell.length()));
        if (!digest(content).equals(cell.digest())) {
            throw new EngineException(
                    new EngineFailure.Corrupt(key(cell.digest()), "its digest is not the recorded one"));
        }
        return content;
    }

    /** {@code length} bytes from {@code start} on; both lie within the content. */
    public byte[] range(BlobCell.Stored cell, long start, int length) {
        if (start < 0 || length < 0 || start + length > cell.length()) {
            throw new IllegalArgumentException(start + " to " + (start + length) + " of " + cell.length());
        }
        byte[] part;
        try {
            part = store.get(key(cell.digest()), start, length)
                    .orElseThrow(() -> new EngineException(
                            new EngineFailure.Corrupt(key(cell.digest()), "it is missing, and a row names it")));
        } catch (StoreException failed) {
            throw unavailable(failed);
        }
        if (part.length != length) {
            throw new EngineException(new EngineFailure.Corrupt(
                    key(cell.digest()), "it has not the " + cell.length() + " bytes that its row says"));
        }
        return part;
    }

    public static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static EngineException unavailable(StoreException failed) {
        EngineFailure.Retry retry =
                failed.kind() == StoreException.Kind.REFUSED ? EngineFailure.Retry.NEVER : EngineFailure.Retry.LATER;
        return new EngineException(new EngineFailure.StorageUnavailable(failed.getMessage(), retry), failed);
    }
}
