package io.precinct.engine.write;

import io.precinct.engine.storage.BlobCell;

/** For tests whose Blobs all stay in their rows. */
final class Blobs {
    private Blobs() {}

    static byte[] inRow(BlobCell.Stored stored) {
        throw new AssertionError("a content is an object of its own: " + stored);
    }
}
