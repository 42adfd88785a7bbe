package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.lance.FragmentMetadata;
import org.lance.fragment.DataFile;
import org.lance.fragment.DeletionFile;
import org.lance.fragment.DeletionFileType;

/** Where the library puts a dataset's files at one location, and how they become durable: it never forces any itself. */
sealed interface DatasetFiles {
    /** The URI that the library opens {@code dataset} by. */
    String uri(String dataset);

    Map<String, String> options();

    void forceAll(String dataset);

    void forceData(String dataset, List<FragmentMetadata> fragments);

    /** Forces the manifest of {@code version} and the deletion files that it names newly. */
    ManifestFile forceVersion(String dataset, long version, List<FragmentMetadata> changed);

    /** @throws EngineException {@code Corrupt} when it is missing */
    ManifestFile manifest(String dataset, long version);

    /** Whether {@link #requireSizes} looks at all: not where each file would cost a request. */
    boolean seesSizes();

    /** @throws EngineException {@code Corrupt} naming the first data file that is missing or not of its recorded size */
    void requireSizes(String dataset, List<FragmentMetadata> fragments);

    /** The bytes of a file of a dataset; empty when there is none. */
    Optional<byte[]> read(String dataset, String path);

    /** Bytes of a file of a dataset; empty when there is none. */
    OptionalLong size(String dataset, String path);

    /** Every file below {@code data/}, by its key relative to the root. */
    List<TableStore.StoredFile> all();

    /** Deletes a file by its key; absence is success. */
    void delete(String key);

    /** Ends the connections of a remote location. */
    void close();

    static DatasetFiles at(StoreLocation location, Durability.Forcer forcer) {
        return switch (location) {
            case StoreLocation.Directory d ->
                new Local(d.path().toAbsolutePath().normalize(), d.durable(), forcer);
            case StoreLocation.S3 s -> new Remote(s, S3ObjectStore.open(s));
        };
    }

    static String digest(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** Detached versions have the top bit set; the empty first version is an ordinary one, named so that newest sorts first. */
    static String manifestName(long version) {
        return version < 0 ? "d" + Long.toUnsignedString(version) + ".manifest" : inverted(version);
    }

    private static String inverted(long version) {
        return Long.toUnsignedString(-1L - version) + ".manifest";
    }

    static String deletionName(long fragment, DeletionFile file) {
        String suffix = file.getFileType() == DeletionFileType.ARRAY ? ".arrow" : ".bin";
        return fragment + "-" + Long.toUnsignedString(file.getReadVersion()) + "-" + Long.toUnsignedString(file.getId())
                + suffix;
    }

    record Local(Path root, boolean durable, Durability.Forcer forcer) implements DatasetFiles {
        @Override
        public void close() {}

        @Override
        public String uri(String dataset) {
            return root.resolve(dataset).toString();
        }

        @Override
        public Map<String, String> options() {
            return Map.of();
        }

        @Override
        public void forceAll(String dataset) {
            if (!durable) {
                return;
            }
            Path directory = root.resolve(dataset);
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.toList()) {
                    forcer.force(path);
                }
                for (Path up = directory.getParent(); up != null && up.startsWith(root); up = up.getParent()) {
                    forcer.force(up);
                }
            } catch (IOException e) {
                throw notForced(dataset, e);
            }
        }

        @Override
        public void forceData(String dataset, List<FragmentMetadata> fragments) {
            if (!durable) {
                return;
            }
            Path data = root.resolve(dataset).resolve("data");
            try {
                for (FragmentMetadata fragment : fragments) {
                    for (DataFile file : fragment.getFiles()) {
                        forcer.force(data.resolve(file.getPath()));
                    }
                }
                if (!fragments.isEmpty()) {
                    // The first write makes the directory itself.
                    forcer.force(data);
                    forcer.force(root.resolve(dataset));
                }
            } catch (IOException e) {
                throw notForced(dataset, e);
            }
        }

        @Override
        public ManifestFile forceVersion(String dataset, long version, List<FragmentMetadata> changed) {
            ManifestFile manifest = manifest(dataset, version);
            if (!durable) {
                return manifest;
            }
            Path directory = root.resolve(dataset);
            try {
                forceDeletions(directory, changed);
                forcer.force(root.resolve(ManifestFile.name(dataset, version)));
                forcer.force(directory.resolve("_versions"));
                return manifest;
            } catch (IOException e) {
                throw notForced(dataset, e);
            }
        }

        @Override
        public ManifestFile manifest(String dataset, long version) {
            String name = ManifestFile.name(dataset, version);
            try {
                return new ManifestFile(name, Files.readAllBytes(root.resolve(name)));
            } catch (NoSuchFileException e) {
                throw ManifestFile.missing(name);
            } catch (IOException e) {
                throw notRead(name, e);
            }
        }

        @Override
        public boolean seesSizes() {
            return true;
        }

        @Override
        public void requireSizes(String dataset, List<FragmentMetadata> fragments) {
            for (FragmentMetadata fragment : fragments) {
                for (DataFile file : fragment.getFiles()) {
                    requireSize(dataset + "/data/" + file.getPath(), Optional.ofNullable(file.getFileSizeBytes()));
                }
            }
        }

        private void requireSize(String name, Optional<Long> recorded) {
            try {
                long found = Files.size(root.resolve(name));
                if (recorded.isPresent() && found != recorded.get()) {
                    throw ManifestFile.wrongSize(name, recorded.get(), found);
                }
            } catch (NoSuchFileException e) {
                throw ManifestFile.missing(name);
            } catch (IOException e) {
                throw notRead(name, e);
            }
        }

        private void forceDeletions(Path directory, List<FragmentMetadata> changed) throws IOException {
            Path deletions = directory.resolve("_deletions");
            boolean any = false;
            for (FragmentMetadata fragment : changed) {
                if (fragment.getDeletionFile() != null) {
                    forcer.force(deletions.resolve(deletionName(fragment.getId(), fragment.getDeletionFile())));
                    any = true;
                }
            }
            if (any) {
                forcer.force(deletions);
                forcer.force(directory);
            }
        }

        @Override
        public Optional<byte[]> read(String dataset, String path) {
            try {
                return Optional.of(Files.readAllBytes(root.resolve(dataset).resolve(path)));
            } catch (NoSuchFileException absent) {
                return Optional.empty();
            } catch (IOException e) {
                throw unreadable(dataset, path, e);
            }
        }

        @Override
        public OptionalLong size(String dataset, String path) {
            try {
                return OptionalLong.of(Files.size(root.resolve(dataset).resolve(path)));
            } catch (NoSuchFileException absent) {
                return OptionalLong.empty();
            } catch (IOException e) {
                throw unreadable(dataset, path, e);
            }
        }

        @Override
        public List<TableStore.StoredFile> all() {
            Path data = root.resolve("data");
            List<TableStore.StoredFile> found = new ArrayList<>();
            try {
                if (Files.isDirectory(data)) {
                    Files.walkFileTree(data, new Collecting(found));
                }
                return found;
            } catch (IOException e) {
                throw unreadable("data", "", e);
            }
        }

        /** Passes over what others remove meanwhile. */
        private final class Collecting extends SimpleFileVisitor<Path> {
            private final List<TableStore.StoredFile> found;

            Collecting(List<TableStore.StoredFile> found) {
                this.found = found;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.add(new TableStore.StoredFile(
                        root.relativize(file).toString().replace(File.separatorChar, '/'), attributes.size()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        }

        @Override
        public void delete(String key) {
            try {
                Files.deleteIfExists(root.resolve(key));
            } catch (IOException e) {
                throw new EngineException(
                        new EngineFailure.StorageUnavailable(
                                key + " can't be deleted: " + e.getMessage(), EngineFailure.Retry.LATER),
                        e);
            }
        }

        private static EngineException unreadable(String dataset, String path, IOException e) {
            return new EngineException(
                    new EngineFailure.StorageUnavailable(
                            dataset + "/" + path + " can't be read: " + e.getMessage(), EngineFailure.Retry.LATER),
                    e);
        }

        private static EngineException notRead(String name, IOException e) {
            return new EngineException(
                    new EngineFailure.StorageUnavailable(
                            "the file " + name + " can't be read: " + e.getMessage(), EngineFailure.Retry.LATER),
                    e);
        }

        private static EngineException notForced(String dataset, IOException e) {
            return new EngineException(
                    new EngineFailure.StorageUnavailable(
                            "files of " + dataset + " can't be forced to disk: " + e.getMessage(),
                            EngineFailure.Retry.LATER),
                    e);
        }
    }

    /** An object store makes each object durable before it answers. */
    record Remote(StoreLocation.S3 location, S3ObjectStore objects) implements DatasetFiles {
        private static final int PAGE = 1_000;

        @Override
        public void close() {
            objects.close();
        }

        @Override
        public String uri(String dataset) {
            return location.below(dataset).toString();
        }

        @Override
        public Map<String, String> options() {
            Map<String, String> all = new HashMap<>(Map.of(
                    "aws_access_key_id", location.accessKeyId(),
                    "aws_secret_access_key", location.secretAccessKey(),
                    "aws_region", location.region(),
                    "aws_virtual_hosted_style_request", String.valueOf(!location.pathStyle()),
                    "client_max_retries", "3",
                    "client_retry_timeout", "30"));
            location.endpoint().ifPresent(endpoint -> {
                all.put("aws_endpoint", (location.pathStyle() ? endpoint : ofBucket(endpoint)).toString());
                all.put("allow_http", String.valueOf(endpoint.getScheme().equals("http")));
            });
            return Map.copyOf(all);
        }

        /** The library takes an endpoint of the virtual hosted style with the bucket already in it. */
        private URI ofBucket(URI endpoint) {
            return URI.create(endpoint.getScheme() + "://" + location.bucket() + "." + endpoint.getRawAuthority());
        }

        @Override
        public Optional<byte[]> read(String dataset, String path) {
            return reached(() -> objects.get(dataset + "/" + path));
        }

        @Override
        public OptionalLong size(String dataset, String path) {
            return reached(() -> objects.size(dataset + "/" + path));
        }

        @Override
        public List<TableStore.StoredFile> all() {
            List<TableStore.StoredFile> found = new ArrayList<>();
            Optional<String> after = Optional.empty();
            while (true) {
                Optional<String> from = after;
                List<ObjectStore.Listed> page = reached(() -> objects.listed("data/", from, PAGE));
                page.forEach(one -> found.add(new TableStore.StoredFile(one.key(), one.bytes())));
                if (page.size() < PAGE) {
                    return found;
                }
                after = Optional.of(page.getLast().key());
            }
        }

        @Override
        public void delete(String key) {
            reached(() -> {
                objects.delete(key);
                return key;
            });
        }

        private static <T> T reached(Supplier<T> request) {
            try {
                return request.get();
            } catch (StoreException e) {
                throw new EngineException(
                        new EngineFailure.StorageUnavailable(
                                e.getMessage(),
                                e.kind() == StoreException.Kind.REFUSED
                                        ? EngineFailure.Retry.NEVER
                                        : EngineFailure.Retry.LATER),
                        e);
            }
        }

        @Override
        public void forceAll(String dataset) {}

        @Override
        public void forceData(String dataset, List<FragmentMetadata> fragments) {}

        @Override
        public ManifestFile forceVersion(String dataset, long version, List<FragmentMetadata> changed) {
            return manifest(dataset, version);
        }

        @Override
        public ManifestFile manifest(String dataset, long version) {
            String name = ManifestFile.name(dataset, version);
            return new ManifestFile(name, objects.get(name).orElseThrow(() -> ManifestFile.missing(name)));
        }

        @Override
        public boolean seesSizes() {
            return false;
        }

        @Override
        public void requireSizes(String dataset, List<FragmentMetadata> fragments) {}
    }
}
