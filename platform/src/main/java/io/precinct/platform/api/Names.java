package io.precinct.platform.api;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.GraphId;
import io.precinct.engine.LoadMode;
import io.precinct.engine.TagName;
import io.precinct.engine.Target;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Turns text of requests into typed ids; what has no such form is a 400 that says which form it should have. */
final class Names {
    private Names() {}

    static GraphId graph(String text) {
        return parsed(text, "graph", GraphId::new);
    }

    static BranchName branch(String text) {
        return parsed(text, "branch", BranchName::new);
    }

    static BranchName branchOrMain(Optional<String> text) {
        return text.map(Names::branch).orElse(BranchName.MAIN);
    }

    static CommitId commit(String text) {
        return parsed(text, "commit", CommitId::new);
    }

    static TagName tag(String text) {
        return parsed(text, "tag", TagName::new);
    }

    static Target target(
            Optional<String> branch, Optional<String> snapshot, Optional<String> tag, Optional<String> at) {
        if (Stream.of(branch.or(() -> at), snapshot, tag)
                        .filter(Optional::isPresent)
                        .count()
                > 1) {
            throw invalid("give one of branch, snapshot and tag; 'at' goes with a branch");
        }
        if (snapshot.isPresent()) {
            return new Target.AtCommit(commit(snapshot.get()));
        }
        if (tag.isPresent()) {
            return new Target.AtTag(tag(tag.get()));
        }
        BranchName name = branchOrMain(branch);
        return at.<Target>map(time -> new Target.AtTime(name, instant("at", time)))
                .orElseGet(() -> new Target.Branch(name));
    }

    /** ISO 8601, or microseconds since the epoch as commits tell them. */
    static Instant instant(String name, String text) {
        if (text.matches("[0-9]{1,17}")) {
            return Instant.EPOCH.plus(Long.parseLong(text), ChronoUnit.MICROS);
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException malformed) {
            throw new PlatformException(
                    new PlatformFailure.Plain(
                            Problem.INVALID_REQUEST,
                            name + " is an instant such as 2026-01-31T12:00:00Z, or microseconds since 1970"),
                    malformed);
        }
    }

    static LoadMode mode(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "append" -> LoadMode.APPEND;
            case "merge" -> LoadMode.MERGE;
            case "overwrite" -> LoadMode.OVERWRITE;
            default -> throw invalid("mode is one of append, merge, overwrite");
        };
    }

    static <T> T present(T value, String key) {
        if (value == null) {
            throw invalid("the body lacks the key '" + key + "'");
        }
        return value;
    }

    /** A word to look for; no stored text has a NUL, and the database takes none. */
    static Optional<String> plain(String name, String text) {
        if (text != null && text.indexOf('\0') >= 0) {
            throw invalid(name + " must not hold the character NUL");
        }
        return Optional.ofNullable(text);
    }

    static PlatformException invalid(String text) {
        return new PlatformException(new PlatformFailure.Plain(Problem.INVALID_REQUEST, text));
    }

    private static <T> T parsed(String text, String what, Function<String, T> form) {
        try {
            return form.apply(text);
        } catch (IllegalArgumentException malformed) {
            throw new PlatformException(new PlatformFailure.Plain(
                    Problem.INVALID_REQUEST, "bad " + what + " name: " + malformed.getMessage()));
        }
    }
}
