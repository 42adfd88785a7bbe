package io.precinct.engine.export;

import io.precinct.engine.Blob;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.storage.BlobCell;
import io.precinct.engine.storage.BlobStore;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import io.precinct.engine.write.CallerAccess;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds the Blob of one entity as far as it exists for a caller. */
public final class BlobReading {
    private BlobReading() {}

    /** Empty where the entity or its value doesn't exist for the caller; a masked value doesn't. */
    public static Optional<BlobCell> cell(
            GraphView view, String typeName, String id, String property, CallerAccess access) {
        EntityType type = view.snapshot().schema().types().stream()
                .filter(one -> one.name().equals(typeName) && access.access(one).granted())
                .findFirst()
                .orElseThrow(() -> new EngineException(new EngineFailure.NotFound("type", typeName)));
        Property blob = type.property(property)
                .filter(one -> one.type().scalar() == Scalar.BLOB
                        && !access.access(type).denied().contains(property))
                .orElseThrow(() -> new EngineException(new EngineFailure.Invalid(List.of(
                        Diagnostic.atLine("T6", typeName + " has no property '" + property + "' of type Blob", 0)))));
        TypeView rows = view.type(type.id());
        int row = rows.rowOf(id);
        if (row < 0 || !access.sees(view, type, row)) {
            return Optional.empty();
        }
        var whole = rows.row(row);
        if (access.mask(type, blob, whole).isPresent()) {
            return Optional.empty();
        }
        return whole.value(type.properties().indexOf(blob)).map(cell -> BlobCell.of((byte[]) cell));
    }

    public static Blob opened(BlobCell cell, BlobStore store) {
        return switch (cell) {
            case BlobCell.External(String address) -> new Blob.External(address);
            case BlobCell.Inline(byte[] content) ->
                new Blob.Managed(
                        BlobStore.digest(content),
                        content.length,
                        (start, length) -> Arrays.copyOfRange(content, (int) start, (int) start + length));
            case BlobCell.Stored stored ->
                new Blob.Managed(
                        stored.digest(), stored.length(), (start, length) -> store.range(stored, start, length));
        };
    }
}
