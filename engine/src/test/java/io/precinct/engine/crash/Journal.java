package io.precinct.engine.crash;

import io.precinct.engine.CommitId;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.StreamId;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a process has tried and what it was told, a line for each, which outlives the process as soon as it is written: each
 * is one request to the system, and the machine goes on. Appended to by one process at a time. Thread-safe.
 */
final class Journal implements AutoCloseable {
    private final FileOutputStream out;

    Journal(Path file) throws IOException {
        this.out = new FileOutputStream(file.toFile(), true);
    }

    sealed interface Line {
        String text();
    }

    /** A process has opened its graph. */
    record Born(long pid) implements Line {
        @Override
        public String text() {
            return "born " + pid;
        }
    }

    /** What is about to be asked for. */
    record Try(Attempt attempt) implements Line {
        @Override
        public String text() {
            return "try " + attempt.key() + " " + attempt.kind() + " " + attempt.number()
                    + attempt.once()
                            .map(once -> " " + once.commit() + " " + once.stream() + " " + once.since())
                            .orElse("");
        }
    }

    enum Answer {
        /** It is done. */
        OK,
        /** It is not, and never will be. */
        NO,
        /** Nobody knows. */
        DOUBT,
        /** What no caller should ever be told. */
        BROKEN
    }

    /** What became of an attempt, by its key. */
    record Told(String key, Answer answer, String detail) implements Line {
        @Override
        public String text() {
            return "told " + key + " " + answer + " " + detail.replaceAll("\\s+", " ");
        }
    }

    /** A piece of upkeep is done. */
    record Did(String what) implements Line {
        @Override
        public String text() {
            return "did " + what;
        }
    }

    void add(Line line) {
        try {
            out.write((line.text() + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All whole lines so far. */
    static List<Line> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = Files.readString(file);
        List<Line> lines = new ArrayList<>();
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            lines.add(parsed(line));
        }
        return lines;
    }

    private static Line parsed(String text) {
        String[] words = text.split(" ", 4);
        return switch (words[0]) {
            case "born" -> new Born(Long.parseLong(words[1]));
            case "did" -> new Did(text.substring(4));
            case "told" -> new Told(words[1], Answer.valueOf(words[2]), words[3]);
            case "try" -> {
                String[] rest = words[3].split(" ");
                yield new Try(new Attempt(
                        words[1],
                        Attempt.Kind.valueOf(words[2]),
                        Integer.parseInt(rest[0]),
                        rest.length == 1
                                ? Optional.empty()
                                : Optional.of(new WriteTerms.Once(
                                        new CommitId(rest[1]), new StreamId(rest[2]), Long.parseLong(rest[3])))));
            }
            default -> throw new IllegalArgumentException("no line of a journal: " + text);
        };
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
