package io.precinct.engine;

/** A Blob of one entity, as a reader meets it. */
public sealed interface Blob {
    /** A content that the graph keeps. */
    interface Content {
        /** The bytes from {@code start} on, {@code length} of them; both lie within the content. */
        byte[] read(long start, int length);
    }

    /** @param digest SHA-256 of the content, 64 hexadecimal digits: the same for equal contents only */
    record Managed(String digest, long length, Content content) implements Blob {}

    /** Somebody else keeps it; nothing here ever asks for it. */
    record External(String address) implements Blob {}
}
