package io.precinct.engine.crash;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.Target;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.StreamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files below a graph's root, and which of them its kept history needs. */
final class StoreFiles {
    private static final Pattern RECORD = Pattern.compile("log/([^/]+)/([0-9]{20})");
    private static final Pattern CHECKPOINT = Pattern.compile("log/([^/]+)/checkpoint/([0-9]{20})");

    private StoreFiles() {}

    /** Relative to the root, every one; what goes meanwhile may be among them or not. */
    static List<String> all(Path folder) {
        List<String> files = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(folder.relativize(file).toString());
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(null);
        return List.copyOf(files);
    }

    /** Makes the temporary files of killed processes as old as they must be to be swept at the next opening. */
    static void age(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("+tmp"))) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
            }
        }
    }

    /** Whether the file is of the list of branches, which is never cut. */
    static boolean isOfList(String file) {
        return file.startsWith("log/~refs/");
    }

    /**
     * @param files that must be there
     * @param floors the oldest record that is kept of each stream
     * @param liveBytes of what reading the newest states takes
     */
    record Needed(Set<String> files, Set<String> folders, Map<String, Long> floors, long liveBytes) {
        boolean has(String file) {
            return files.contains(file)
                    || isOfList(file)
                    || folders.stream().anyMatch(file::startsWith)
                    || isKept(file, RECORD)
                    || isKept(file, CHECKPOINT)
                    || floors.keySet().stream().anyMatch(stream -> file.equals("log/" + stream + "/hint"));
        }

        private boolean isKept(String file, Pattern form) {
            Matcher name = form.matcher(file);
            return name.matches()
                    && floors.containsKey(name.group(1))
                    && Long.MAX_VALUE - Long.parseLong(name.group(2)) >= floors.get(name.group(1));
        }
    }

    /** What is needed of a graph that only has its main branch and no tags, after a collection, when nobody is at work. */
    static Needed needed(LocalEngine.Opened opened, CollectReport report) throws IOException {
        Set<String> keys = new HashSet<>();
        Set<String> live = new HashSet<>();
        Snapshot head = opened.graph().snapshot(new Target.Branch(BranchName.MAIN));
        CollectReport.Oldest oldest = report.oldest().getFirst();
        Snapshot floor =
                opened.graph().snapshot(new Target.AtCommit(oldest.commit().id()));
        StreamId stream = head.stream();
        head.types().values().forEach(type -> live.addAll(opened.tables().filesOf(type.pin())));
        keys.addAll(live);
        floor.types().values().forEach(type -> keys.addAll(opened.tables().filesOf(type.pin())));
        Map<String, Long> floors = new HashMap<>();
        floors.put(stream.value(), floor.sequence());
        for (long sequence = floor.sequence(); sequence <= head.sequence(); sequence++) {
            live.add("log/" + stream + "/" + inverted(sequence));
        }
        live.add("log/" + stream + "/checkpoint/" + inverted(floor.sequence()));
        live.add("schema/" + head.schema().hash().replace(':', '-'));
        keys.addAll(live);
        Set<String> folders = new HashSet<>();
        keys.stream().filter(key -> key.endsWith("/")).forEach(folders::add);
        keys.removeAll(folders);
        long bytes = 0;
        for (String key : live) {
            if (!key.endsWith("/")) {
                bytes += Files.size(opened.folder().resolve(key));
            }
        }
        return new Needed(keys, folders, floors, bytes);
    }

    private static String inverted(long sequence) {
        return "%020d".formatted(Long.MAX_VALUE - sequence);
    }
}
