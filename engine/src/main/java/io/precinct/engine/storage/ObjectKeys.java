package io.precinct.engine.storage;

import io.precinct.engine.spi.StoreException;

/** The one rule for keys, shared by every object store so that a key that works on one works on all. */
final class ObjectKeys {
    /** Leaves room for a location's own prefix below the 1,024 bytes that S3 allows. */
    static final int LONGEST_KEY = 800;
    /** Longest file name of common file systems, less room for a temporary suffix. */
    static final int LONGEST_SEGMENT = 200;

    private ObjectKeys() {}

    /** @throws StoreException of kind REFUSED for a key outside the contract of {@code ObjectStore} */
    static void check(String key) {
        if (key.isEmpty() || key.length() > LONGEST_KEY) {
            throw refused(key, "its length must be 1 to " + LONGEST_KEY);
        }
        for (String segment : key.split("/", -1)) {
            if (segment.isEmpty()
                    || segment.equals(".")
                    || segment.equals("..")
                    || segment.length() > LONGEST_SEGMENT) {
                throw refused(
                        key, "its segments must have 1 to " + LONGEST_SEGMENT + " characters and not be '.' or '..'");
            }
            checkCharacters(key, segment);
        }
    }

    /** A prefix is the empty text or the beginning of a valid key. */
    static void checkPrefix(String prefix) {
        if (prefix.isEmpty()) {
            return;
        }
        check(prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
    }

    /** True for the names that {@link #check} admits as one segment. */
    static boolean isSegment(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!admitted(name.charAt(i))) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= LONGEST_SEGMENT;
    }

    private static void checkCharacters(String key, String segment) {
        for (int i = 0; i < segment.length(); i++) {
            if (!admitted(segment.charAt(i))) {
                throw refused(key, "only letters, digits and . _ ~ - may stand between its '/'");
            }
        }
    }

    private static boolean admitted(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '~'
                || c == '-';
    }

    private static StoreException refused(String key, String why) {
        return new StoreException(StoreException.Kind.REFUSED, "'" + key + "' can't be an object's key: " + why, null);
    }
}
