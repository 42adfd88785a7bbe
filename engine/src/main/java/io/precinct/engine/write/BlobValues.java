package io.precinct.engine.write;

import io.precinct.engine.storage.BlobCell;
import io.precinct.engine.storage.BlobStore;
import java.net.URI;
import java.util.Optional;

/**
 * Makes of what a writer gives for a Blob the cell that its row holds. Thread-safe.
 *
 * @param store of contents; without one they all stay in their rows
 */
public record BlobValues(Optional<BlobStore> store, ExternalBlobs external) {
    public static final BlobValues IN_ROWS = new BlobValues(Optional.empty(), ExternalBlobs.NONE);

    /**
     * @param given content as bytes, or the address of one as text
     * @param refer keep an address as it is; otherwise its content is copied
     */
    byte[] cell(Object given, boolean refer) throws ValueReader.Unfit {
        return switch (given) {
            case byte[] content -> kept(content);
            case String address -> {
                URI allowed = external.allowed(address)
                        .orElseThrow(() -> new ValueReader.Unfit(
                                "expected a Blob as base64:<padded standard base64>; an external address is admitted"
                                        + " only below those that the operator allows"));
                if (refer) {
                    external.probe(allowed);
                    yield new BlobCell.External(address).bytes();
                }
                yield kept(external.copy(allowed));
            }
            default -> throw new IllegalArgumentException("no Blob: " + given.getClass());
        };
    }

    private byte[] kept(byte[] content) {
        return store.map(s -> s.keep(content))
                .orElseGet(() -> new BlobCell.Inline(content))
                .bytes();
    }
}
