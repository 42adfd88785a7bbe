package io.precinct.policy;

/**
 * A policy, or an answer of the policy, that is not of the documented form. Retrying never helps; the message says which
 * place to mend.
 */
public final class InvalidDocumentException extends RuntimeException {
    private final transient String place;

    /** @param place where in the document, as a path such as {@code grants[3].rows.Person} */
    public InvalidDocumentException(String place, String problem) {
        super((place.isEmpty() ? "document" : place) + ": " + problem);
        this.place = place;
    }

    public String place() {
        return place == null ? "" : place;
    }
}
