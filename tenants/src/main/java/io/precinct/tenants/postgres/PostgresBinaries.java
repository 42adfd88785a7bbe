package io.precinct.tenants.postgres;

import io.precinct.tenants.TenantException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks the PostgreSQL executables that travel on the class path. */
final class PostgresBinaries {
    static final String MAJOR_VERSION = "18";

    private PostgresBinaries() {}

    /**
     * The directory that holds {@code bin/postgres}, unpacked below {@code cache} on first use. The directory's name carries
     * the archive's digest, and it appears by one rename, so processes may race and a crash leaves only an unnamed rest.
     */
    static Path unpackedBelow(Path cache) {
        String resource = resourceName();
        try {
            Path unpacked = cache.resolve("postgres-" + MAJOR_VERSION + "-" + digestOf(resource));
            if (Files.isDirectory(unpacked)) {
                return unpacked;
            }
            Files.createDirectories(cache);
            Path staging = cache.resolve(".unpacking-" + UUID.randomUUID());
            try {
                unpack(resource, staging);
                publish(staging, unpacked);
            } finally {
                deleteTree(staging);
            }
            return unpacked;
        } catch (IOException e) {
            throw new TenantException.Unavailable(
                    TenantException.Code.DATABASE_START_FAILED,
                    "cannot unpack PostgreSQL below " + cache + ": " + e.getMessage()
                            + "; make that directory writable or set PRECINCT_DB_URL to a running PostgreSQL",
                    e);
        }
    }

    private static void publish(Path staging, Path unpacked) throws IOException {
        try {
            Files.move(staging, unpacked, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            // Another process was faster; its content has the same digest.
            return;
        } catch (IOException e) {
            // Some file systems report the same with a plain exception.
            if (!Files.isDirectory(unpacked)) {
                throw e;
            }
        }
    }

    private static String resourceName() {
        String system =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String architecture = switch (System.getProperty("os.arch", "")) {
            case "aarch64", "arm64" -> "arm_64";
            default -> "x86_64";
        };
        String name = "/postgres-" + system + "-" + architecture + ".txz";
        if (PostgresBinaries.class.getResource(name) == null) {
            throw new TenantException.Unavailable(
                    TenantException.Code.DATABASE_START_FAILED,
                    "this build carries no PostgreSQL for " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + "; set PRECINCT_DB_URL to a running PostgreSQL");
        }
        return name;
    }

    private static String digestOf(String resource) throws IOException {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (InputStream archive = open(resource);
                    DigestInputStream digesting = new DigestInputStream(archive, sha256)) {
                digesting.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha256.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void unpack(String resource, Path directory) throws IOException {
        // Readable for all: a server started by root runs as another user. Nothing here is secret.
        createReadable(directory);
        try (InputStream archive = open(resource);
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive, 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = directory.resolve(entry.getName()).normalize();
                if (!target.startsWith(directory)) {
                    throw new IOException("archive entry " + entry.getName() + " leads outside");
                }
                if (entry.isDirectory()) {
                    createReadable(target);
                } else {
                    createReadable(target.getParent());
                    if (entry.isSymbolicLink()) {
                        Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                    } else {
                        Files.copy(tar, target);
                        boolean executable = (entry.getMode() & 0100) != 0;
                        Files.setPosixFilePermissions(
                                target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                    }
                }
            }
        }
    }

    private static void createReadable(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createReadable(parent);
        }
        Files.createDirectory(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static InputStream open(String resource) throws IOException {
        InputStream stream = PostgresBinaries.class.getResourceAsStream(resource);
        if (stream == null) {
            throw new IOException("no " + resource + " on the class path");
        }
        return stream;
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
