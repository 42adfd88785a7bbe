package io.precinct.policy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The paths of the decision input that a policy reads, dotted, for example {@code resource.branch.owner}. A path stands
 * for everything below it; the empty path for the whole input. A decision depends on nothing else.
 */
public record InputPaths(Set<String> paths) {
    /** Reads everything. */
    public static final InputPaths ALL = new InputPaths(Set.of(""));

    public InputPaths {
        paths = Set.copyOf(paths);
    }

    /** Reads the committed list: a JSON array of dotted paths. */
    public static InputPaths parse(byte[] json) {
        List<String> paths =
                StrictJson.parse(json).items().stream().map(StrictJson::text).toList();
        if (paths.isEmpty()) {
            throw new InvalidDocumentException("", "a policy that reads nothing can't be right");
        }
        return new InputPaths(new TreeSet<>(paths));
    }

    /** True when the value at the dotted {@code path}, or a part of it, is read. */
    public boolean reads(String path) {
        for (String read : paths) {
            if (read.isEmpty() || read.equals(path) || path.startsWith(read + ".") || read.startsWith(path + ".")) {
                return true;
            }
        }
        return false;
    }
}
