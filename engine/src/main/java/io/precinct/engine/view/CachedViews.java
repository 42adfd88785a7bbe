package io.precinct.engine.view;

import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Views over images of dataset versions that are shared by every snapshot that pins them. What nobody uses is kept, by
 * least recent use, while the whole stays below the soft bound; above the hard bound a load is refused.
 */
public final class CachedViews implements Views {
    private final TableStore tables;
    private final BufferAllocator allocator;
    private final long keepBytes;
    private final Map<ImageKey, DatasetImage> images = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<ImageKey, LaidOver> overlays = new HashMap<>();

    private record ImageKey(String dataset, long version) {}

    private record LaidOver(Overlay overlay, OverlayPart part) {}

    /**
     * @param keepBytes decoded bytes that are kept while unused
     * @param mostBytes decoded bytes at which a load fails
     */
    public CachedViews(TableStore tables, long keepBytes, long mostBytes) {
        this.tables = tables;
        this.allocator = tables.allocator().newChildAllocator("views", 0, mostBytes);
        this.keepBytes = keepBytes;
    }

    @Override
    public GraphView of(Snapshot snapshot) {
        return new SnapshotView(this, snapshot);
    }

    @Override
    public long heldBytes() {
        return allocator.getAllocatedMemory();
    }

    @Override
    public synchronized void close() {
        images.values().forEach(DatasetImage::closeIfIdle);
        images.clear();
        overlays.clear();
        allocator.close();
    }

    /** The image of a pin, retained for the caller. */
    synchronized DatasetImage image(TypeSnapshot type) {
        Pin pin = type.pin();
        ImageKey key = new ImageKey(pin.dataset(), pin.version());
        DatasetImage image =
                images.computeIfAbsent(key, unused -> new DatasetImage(pin, type.type(), tables, allocator));
        if (!image.retain()) {
            throw new IllegalStateException("a freed image is still listed: " + key);
        }
        return image;
    }

    /** The overlay of a type, laid over its image once for all views of that state. */
    OverlayPart part(TypeSnapshot type, DatasetImage image, EntityNumbers numbers) {
        if (type.overlay().isEmpty()) {
            return OverlayPart.NONE;
        }
        ImageKey key = new ImageKey(type.pin().dataset(), type.pin().version());
        synchronized (this) {
            LaidOver known = overlays.get(key);
            if (known != null && known.overlay() == type.overlay()) {
                return known.part();
            }
        }
        OverlayPart part = OverlayPart.of(type, image, numbers);
        synchronized (this) {
            overlays.put(key, new LaidOver(type.overlay(), part));
        }
        return part;
    }

    /** Lets go of images and frees what is more than should be kept. */
    void release(Map<TypeId, DatasetImage> used) {
        used.values().forEach(DatasetImage::release);
        synchronized (this) {
            Iterator<Map.Entry<ImageKey, DatasetImage>> eldest =
                    images.entrySet().iterator();
            while (allocator.getAllocatedMemory() > keepBytes && eldest.hasNext()) {
                Map.Entry<ImageKey, DatasetImage> entry = eldest.next();
                if (entry.getValue().closeIfIdle()) {
                    eldest.remove();
                    overlays.remove(entry.getKey());
                }
            }
        }
    }
}
