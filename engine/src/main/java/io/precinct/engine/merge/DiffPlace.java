package io.precinct.engine.merge;

import io.precinct.engine.EntityChange;
import io.precinct.engine.schema.TypeId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An entity in the order of a commit's changes: nodes before edges, types by identity, ids ascending. A long id is kept as
 * its beginning and its SHA-256, so that a place is short whatever ids are.
 *
 * @param id whole, or the beginning of one that has a {@code hash}
 */
public record DiffPlace(boolean edge, int type, String id, Optional<String> hash) {
    private static final int LONGEST = 256;
    private static final int BEGINNING = 64;

    static DiffPlace of(EntityChange change) {
        String id = change.entityId();
        boolean edge = change.kind() == EntityChange.Kind.EDGE;
        return id.getBytes(StandardCharsets.UTF_8).length <= LONGEST
                ? new DiffPlace(edge, change.typeId(), id, Optional.empty())
                : new DiffPlace(edge, change.typeId(), beginning(id), Optional.of(hash(id)));
    }

    /** Never half a character. */
    private static String beginning(String id) {
        return id.substring(0, id.offsetByCodePoints(0, Math.min(BEGINNING, id.codePointCount(0, id.length()))));
    }

    /** Whether entities of the type are here or behind. */
    boolean reaches(boolean nextEdge, TypeId next) {
        return nextEdge == edge ? next.value() >= type : nextEdge;
    }

    boolean isOf(boolean thatEdge, TypeId that) {
        return thatEdge == edge && that.value() == type;
    }

    /** Of an id that is not less than {@link #id}: it is the one. */
    boolean is(String candidate) {
        return hash.map(hash(candidate)::equals).orElseGet(() -> candidate.equals(id));
    }

    /** Of an id that is not less than {@link #id}: it follows for certain. */
    boolean isBehind(String candidate) {
        return hash.isPresent() ? !candidate.startsWith(id) : !candidate.equals(id);
    }

    /** For tokens. */
    public String text() {
        return (edge ? "e" : "n") + type + ":" + hash.orElse("") + ":" + id;
    }

    /** @throws IllegalArgumentException when it is none */
    public static DiffPlace read(String text) {
        String[] parts = text.split(":", 3);
        if (parts.length != 3 || parts[0].length() < 2 || "en".indexOf(parts[0].charAt(0)) < 0) {
            throw new IllegalArgumentException("no place in a commit's changes");
        }
        return new DiffPlace(
                parts[0].charAt(0) == 'e',
                Integer.parseInt(parts[0].substring(1)),
                parts[2],
                parts[1].isEmpty() ? Optional.empty() : Optional.of(parts[1]));
    }

    private static String hash(String id) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
