package io.precinct.platform.api;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.GraphId;
import io.precinct.engine.LoadMode;
import io.precinct.engine.Target;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

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

    static Target target(Optional<String> branch, Optional<String> snapshot) {
        if (branch.isPresent() && snapshot.isPresent()) {
            throw invalid("give a branch or a snapshot, not both");
        }
        return snapshot.<Target>map(id -> new Target.AtCommit(commit(id)))
                .orElseGet(() -> new Target.Branch(branchOrMain(branch)));
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
