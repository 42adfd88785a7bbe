package io.precinct.engine.storage;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.spi.StoreException.Kind;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects as files below one directory. A put writes a temporary file, forces it, and gives it its name by a hard
 * link, which exactly one of any number of processes can do; then its directory is forced, and with the first put into
 * a directory every directory from there to the root, whoever created them. A process that dies in
 * between leaves a temporary file that no key can name and that a later {@link #open} sweeps.
 *
 * <p>What fails before the link is {@code UNAVAILABLE}, and no key names anything of it; what fails after it is
 * {@code IN_DOUBT}: the object can be read, and a power cut may still take it away.
 *
 * <p>A put of bytes equal to the object's is {@code CREATED} on every store, since a store reached over a network can't
 * tell it from its own earlier attempt; whoever needs to know the winner puts a unique id into the bytes.
 * {@link #put} and {@link #delete} are not forced: a power cut may undo them.
 */
public final class LocalObjectStore implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(LocalObjectStore.class);

    /** Holds '+', which no key may, so that keys and temporary files never meet. */
    private static final String TEMPORARY = "+tmp";

    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path root;
    private final Path temporary;
    private final boolean durable;
    private final Linker linker;
    private final Durability.Forcer forcer;

    /** Directories whose own entries up to the root this store has forced. No directory is ever removed. */
    private final Set<Path> reachable = ConcurrentHashMap.newKeySet();

    /** Gives a file a second name, or fails when the name is taken. */
    @FunctionalInterface
    interface Linker {
        void link(Path name, Path file) throws IOException;
    }

    private LocalObjectStore(Path root, boolean durable, Linker linker, Durability.Forcer forcer) {
        this.linker = linker;
        this.forcer = forcer;
        this.root = root;
        this.temporary = root.resolve(TEMPORARY);
        this.durable = durable;
    }

    /**
     * Opens the store at {@code root}, which is created when absent.
     *
     * @param durable force files and directories before a put counts; off only in tests
     * @throws StoreException of kind REFUSED when the file system has no hard links, UNAVAILABLE when it can't be written
     */
    public static LocalObjectStore open(Path root, boolean durable) {
        return open(root, durable, Files::createLink);
    }

    static LocalObjectStore open(Path root, boolean durable, Linker linker) {
        return open(root, durable, linker, Durability::force);
    }

    static LocalObjectStore open(Path root, boolean durable, Linker linker, Durability.Forcer forcer) {
        LocalObjectStore store = new LocalObjectStore(root.toAbsolutePath().normalize(), durable, linker, forcer);
        try {
            Durability.createDirectories(store.temporary, durable);
            store.sweep(Instant.now().minus(ABANDONED));
        } catch (IOException e) {
            throw unavailable("the directory " + root + " can't be opened", e);
        }
        store.proveHardLinks();
        return store;
    }

    @Override
    public PutResult putIfAbsent(String key, byte[] bytes) {
        Path target = path(key);
        Path written = writeTemporary(key, bytes);
        try {
            if (link(key, target, written)) {
                return confirmed(key, target);
            }
            return sameObject(key, target, bytes) ? confirmed(key, target) : PutResult.EXISTS;
        } finally {
            discard(written);
        }
    }

    /** Deletes temporary files last written before {@code before}. A live writer that loses its file fails cleanly. */
    void sweep(Instant before) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary)) {
            for (Path file : files) {
                try {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException e) {
                    // Its writer finished between the listing and here.
                    continue;
                }
            }
        }
    }

    /** False when the name was taken, by whomever. */
    private boolean link(String key, Path target, Path written) {
        try {
            try {
                linker.link(target, written);
            } catch (NoSuchFileException e) {
                // Forced once the object has its name.
                Files.createDirectories(parent(target));
                linker.link(target, written);
            }
            return true;
        } catch (IOException e) {
            if (Files.isDirectory(target)) {
                throw new StoreException(Kind.REFUSED, "the key '" + key + "' is already a prefix of other keys", e);
            }
            if (Files.exists(target)) {
                // Network file systems may report a failure for a link that took effect: the bytes tell whose it is.
                return false;
            }
            if (!parentIsDirectory(target)) {
                throw new StoreException(Kind.REFUSED, "a part of the key '" + key + "' is already an object", e);
            }
            throw unavailable("object '" + key + "' was not written", e);
        }
    }

    /** The object has its name; from here on only its durability can be in doubt. */
    private PutResult confirmed(String key, Path target) {
        if (durable) {
            try {
                forceDirectories(parent(target));
            } catch (IOException e) {
                throw new StoreException(
                        Kind.IN_DOUBT, "object '" + key + "' is in place, but forcing its directory failed", e);
            }
        }
        return PutResult.CREATED;
    }

    /** A directory that was there may be a racing writer's, who has not forced it yet: its entry counts for both. */
    private void forceDirectories(Path directory) throws IOException {
        forcer.force(directory);
        if (directory.equals(root) || reachable.contains(directory)) {
            return;
        }
        for (Path up = parent(directory); up.startsWith(root); up = parent(up)) {
            forcer.force(up);
        }
        reachable.add(directory);
    }

    private static boolean sameObject(String key, Path target, byte[] bytes) {
        try {
            return Files.size(target) == bytes.length && Arrays.equals(Files.readAllBytes(target), bytes);
        } catch (NoSuchFileException e) {
            // Deleted since: it existed when the link was refused, which is all that EXISTS says.
            return false;
        } catch (IOException e) {
            throw new StoreException(
                    Kind.IN_DOUBT, "object '" + key + "' exists, but can't be read to see whose it is", e);
        }
    }

    @Override
    public void put(String key, byte[] bytes) {
        Path target = path(key);
        Path written = writeTemporary(key, bytes);
        try {
            try {
                move(written, target);
            } catch (NoSuchFileException e) {
                Durability.createDirectories(parent(target), durable);
                move(written, target);
            }
        } catch (IOException e) {
            discard(written);
            throw unavailable("object '" + key + "' was not written", e);
        }
    }

    @Override
    public Optional<byte[]> get(String key) {
        Path path = path(key);
        try {
            return Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (Files.isDirectory(path) || !parentIsDirectory(path)) {
                return Optional.empty();
            }
            throw unavailable("object '" + key + "' can't be read", e);
        }
    }

    @Override
    public Optional<byte[]> get(String key, long start, int length) {
        try (SeekableByteChannel file = Files.newByteChannel(path(key))) {
            ByteBuffer part = ByteBuffer.allocate((int) Math.min(length, Math.max(0, file.size() - start)));
            file.position(start);
            while (part.hasRemaining() && file.read(part) >= 0) {
                // Until it is full or the file ends.
            }
            return Optional.of(Arrays.copyOf(part.array(), part.position()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unavailable("object '" + key + "' can't be read", e);
        }
    }

    @Override
    public List<String> list(String prefix, Optional<String> startAfter, int limit) {
        ObjectKeys.checkPrefix(prefix);
        if (limit < 1) {
            throw new IllegalArgumentException("a listing has a limit of at least 1, not " + limit);
        }
        List<String> found = new ArrayList<>();
        String directory = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        try {
            collect(directory, new Listing(prefix, startAfter.orElse(""), limit), found);
        } catch (IOException | UncheckedIOException e) {
            throw unavailable("the objects below '" + prefix + "' can't be listed", e);
        }
        return List.copyOf(found);
    }

    @Override
    public List<Listed> listed(String prefix, Optional<String> startAfter, int limit) {
        List<Listed> found = new ArrayList<>();
        for (String key : list(prefix, startAfter, limit)) {
            try {
                found.add(new Listed(key, Files.size(root.resolve(key))));
            } catch (NoSuchFileException deleted) {
                // A page tells its end by its length: what went meanwhile stays on it.
                found.add(new Listed(key, 0));
            } catch (IOException e) {
                throw unavailable("the objects below '" + prefix + "' can't be listed", e);
            }
        }
        return List.copyOf(found);
    }

    private record Listing(String prefix, String after, int limit) {
        /** Whether some key that starts with {@code beginning} can be part of the answer. */
        boolean mayHold(String beginning) {
            boolean inPrefix = beginning.startsWith(prefix) || prefix.startsWith(beginning);
            return inPrefix && (beginning.compareTo(after) > 0 || after.startsWith(beginning));
        }
    }

    /** Depth first in key order: a directory sorts as its name with '/', which is after '-' and '.'. */
    private void collect(String directory, Listing listing, List<String> found) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(directory))) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (ObjectKeys.isSegment(name) && couldMatch(directory + name, listing)) {
                    names.add(directory + name + (Files.isDirectory(entry) ? "/" : ""));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;
        }
        names.sort(Comparator.naturalOrder());
        for (String name : names) {
            if (found.size() >= listing.limit()) {
                return;
            }
            if (name.endsWith("/")) {
                if (listing.mayHold(name)) {
                    collect(name, listing, found);
                }
            } else if (name.startsWith(listing.prefix()) && name.compareTo(listing.after()) > 0) {
                found.add(name);
            }
        }
    }

    /** Cheap refusal before the entry's attributes are asked for. */
    private static boolean couldMatch(String name, Listing listing) {
        return name.startsWith(listing.prefix()) || listing.prefix().startsWith(name + "/");
    }

    @Override
    public void delete(String key) {
        Path path = path(key);
        try {
            if (!Files.isDirectory(path)) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            if (parentIsDirectory(path)) {
                throw unavailable("object '" + key + "' can't be deleted", e);
            }
        }
    }

    private Path path(String key) {
        ObjectKeys.check(key);
        return root.resolve(key);
    }

    private Path writeTemporary(String key, byte[] bytes) {
        Path file = temporary.resolve(
                Long.toHexString(ThreadLocalRandom.current().nextLong()) + "-" + Long.toHexString(System.nanoTime()));
        // A plain stream, not a channel: an interrupt must not close it half-way.
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            out.write(bytes);
            if (durable) {
                forcer.force(file);
            }
            return file;
        } catch (IOException e) {
            discard(file);
            throw unavailable("object '" + key + "' was not written", e);
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // No key can name the file, and the next open sweeps it: failing a finished put for it would be worse.
            LOG.debug("temporary file {} stays until the next sweep", file, e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the file system can't rename atomically", e);
        }
    }

    private void proveHardLinks() {
        Path file = writeTemporary("probe", new byte[0]);
        Path link = file.resolveSibling(file.getFileName() + "-link");
        try {
            linker.link(link, file);
            if (!Files.isSameFile(file, link)) {
                throw new IOException("a hard link names another file");
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new StoreException(
                    Kind.REFUSED,
                    "the file system of " + root + " has no hard links, which commits rest on; use another directory",
                    e);
        } finally {
            discard(link);
            discard(file);
        }
    }

    private static boolean parentIsDirectory(Path path) {
        return Files.isDirectory(parent(path));
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalStateException("an object's file has a directory: " + path);
        }
        return parent;
    }

    private static StoreException unavailable(String what, Exception cause) {
        return new StoreException(Kind.UNAVAILABLE, what + ": " + cause.getMessage(), cause);
    }
}
