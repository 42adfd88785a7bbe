package io.precinct.engine.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.RowAccess;
import io.precinct.engine.storage.BlobCell;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import io.precinct.engine.write.Affected;
import io.precinct.engine.write.CallerAccess;
import io.precinct.engine.write.RuleBinder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Writes the visible rows of a view as lines that the strict loader reads back to the same graph: nodes before edges,
 * types by id, rows by id in UTF-8 order. Only rows that exist for the caller are written, an edge only with both its
 * ends; a denied property is left out; a masked one reads as its mask says, so that a masked export needn't load.
 * Writes as it goes, in chunks of {@value #CHUNK} bytes; holds 12 bytes per row of the type at hand besides.
 */
public final class Exporter {
    static final int CHUNK = 64 * 1024;

    private static final int ROWS_PER_PAUSE = 4_096;

    private final RuleBinder rules;
    private final UnaryOperator<String> digest;
    private final Function<BlobCell.Stored, byte[]> contents;

    /** What to export. {@code types} names node and edge types; empty for all that the caller may see. */
    public record Request(GraphView view, Set<String> types, AccessGate gate, BooleanSupplier cancelled) {
        public Request {
            types = Set.copyOf(types);
        }
    }

    /**
     * @param digest stands for the text of a property under a hashing mask: the same as reads of the graph give
     * @param contents of Blobs that are objects of their own
     */
    public Exporter(RuleBinder rules, UnaryOperator<String> digest, Function<BlobCell.Stored, byte[]> contents) {
        this.rules = rules;
        this.digest = digest;
        this.contents = contents;
    }

    /**
     * Writes and flushes; the stream stays the caller's to close.
     *
     * @return lines written by type
     * @throws EngineException {@code Denied} for a named type that is not granted, or whose ids hold a key that is
     *     masked or denied; {@code NotFound} for an unknown type; {@code Interrupted}
     * @throws IOException when the stream fails
     */
    public Affected export(Request request, OutputStream output) throws IOException {
        Schema schema = request.view().snapshot().schema();
        request.types().forEach(name -> known(schema, name));
        CallerAccess access = new CallerAccess(request.gate(), rules);
        Map<String, Long> nodes = new TreeMap<>();
        Map<String, Long> edges = new TreeMap<>();
        OutputStream chunks = new BufferedOutputStream(output, CHUNK);
        for (EntityType type : schema.types()) {
            if (!wanted(request, access, schema, type)) {
                continue;
            }
            long lines = rows(request, access, type, chunks);
            (type instanceof EntityType.Node ? nodes : edges).put(type.name(), lines);
        }
        chunks.flush();
        return new Affected(nodes, edges);
    }

    private static void known(Schema schema, String name) {
        if (schema.types().stream().noneMatch(t -> t.name().equals(name))) {
            throw new EngineException(new EngineFailure.NotFound("type", name));
        }
    }

    private static boolean wanted(Request request, CallerAccess access, Schema schema, EntityType type) {
        boolean named = request.types().contains(type.name());
        if (!named && !request.types().isEmpty()) {
            return false;
        }
        if (!granted(access, schema, type)) {
            if (named) {
                throw new EngineException(new EngineFailure.Denied(List.of("type_not_granted")));
            }
            return false;
        }
        switch (type) {
            case EntityType.Node node -> requireOpenKey(access, node);
            case EntityType.Edge edge -> {
                requireOpenKey(access, schema.node(edge.source()));
                requireOpenKey(access, schema.node(edge.destination()));
            }
        }
        return true;
    }

    private static boolean granted(CallerAccess access, Schema schema, EntityType type) {
        return switch (type) {
            case EntityType.Node node -> access.access(node).granted();
            case EntityType.Edge edge ->
                access.access(edge).granted()
                        && granted(access, schema, edge.source())
                        && granted(access, schema, edge.destination());
        };
    }

    private static boolean granted(CallerAccess access, Schema schema, TypeId node) {
        return access.access(schema.type(node)).granted();
    }

    /** The id of a keyed node spells its key out. */
    private static void requireOpenKey(CallerAccess access, EntityType.Node type) {
        RowAccess of = access.access(type);
        for (Property member : type.keyMembers()) {
            if (of.denied().contains(member.name()) || of.masks().containsKey(member.name())) {
                throw new EngineException(new EngineFailure.Denied(List.of("property_masked")));
            }
        }
    }

    private long rows(Request request, CallerAccess access, EntityType type, OutputStream output) throws IOException {
        TypeView rows = request.view().type(type.id());
        int[] order = RowOrder.byId(rows, row -> access.sees(request.view(), type, row));
        List<Property> properties = type.properties().stream()
                .filter(p -> !access.access(type).denied().contains(p.name()))
                .toList();
        int[] positions =
                properties.stream().mapToInt(type.properties()::indexOf).toArray();
        JsonFactory factory = JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET, StreamWriteFeature.AUTO_CLOSE_CONTENT)
                .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                .build();
        try (JsonGenerator json = factory.createGenerator(output)) {
            json.setRootValueSeparator(null);
            for (int i = 0; i < order.length; i++) {
                if (i % ROWS_PER_PAUSE == 0 && request.cancelled().getAsBoolean()) {
                    throw new EngineException(new EngineFailure.Interrupted(false));
                }
                EntityRow row = rows.row(order[i]);
                start(json, type, row);
                for (int p = 0; p < positions.length; p++) {
                    json.writeFieldName(properties.get(p).name());
                    Optional<Object> value = row.value(positions[p]);
                    Optional<Mask.Kind> mask = access.mask(type, properties.get(p), row);
                    if (value.isEmpty()) {
                        json.writeNull();
                    } else if (mask.isPresent()) {
                        masked(json, mask.get(), value.get());
                    } else {
                        write(json, value.get(), properties.get(p).type());
                    }
                }
                json.writeEndObject();
                json.writeEndObject();
                json.writeRaw('\n');
            }
        }
        return order.length;
    }

    private static void start(JsonGenerator json, EntityType type, EntityRow row) throws IOException {
        json.writeStartObject();
        if (row.ends().isPresent()) {
            json.writeStringField("edge", type.name());
            json.writeStringField("from", row.ends().get().source());
            json.writeStringField("to", row.ends().get().destination());
        } else {
            json.writeStringField("type", type.name());
        }
        json.writeObjectFieldStart("data");
        json.writeStringField("id", row.id());
    }

    private void masked(JsonGenerator json, Mask.Kind mask, Object value) throws IOException {
        switch (mask) {
            case NULL -> json.writeNull();
            case HASH -> {
                if (value instanceof String text) {
                    json.writeString(digest.apply(text));
                } else {
                    json.writeNull();
                }
            }
        }
    }

    private static String managed(byte[] content) {
        return "base64:" + Base64.getEncoder().encodeToString(content);
    }

    private void write(JsonGenerator json, Object value, PropertyType form) throws IOException {
        if (value instanceof List<?> items) {
            json.writeStartArray();
            for (Object item : items) {
                scalar(json, item, form);
            }
            json.writeEndArray();
        } else {
            scalar(json, value, form);
        }
    }

    private void scalar(JsonGenerator json, Object value, PropertyType form) throws IOException {
        switch (form.scalar()) {
            case STRING -> json.writeString((String) value);
            case BOOL -> json.writeBoolean((Boolean) value);
            case I32, DATE -> json.writeNumber((Integer) value);
            case I64, U32, DATE_TIME -> json.writeNumber((Long) value);
            case U64 -> json.writeNumber(new BigInteger(Long.toUnsignedString((Long) value)));
            case F32 -> json.writeNumber((Float) value);
            case F64 -> json.writeNumber((Double) value);
            case BLOB ->
                json.writeString(
                        switch (BlobCell.of((byte[]) value)) {
                            case BlobCell.Inline(byte[] content) -> managed(content);
                            case BlobCell.Stored stored -> managed(contents.apply(stored));
                            case BlobCell.External(String address) -> address;
                        });
            case VECTOR -> {
                json.writeStartArray();
                for (float component : (float[]) value) {
                    json.writeNumber(component);
                }
                json.writeEndArray();
            }
        }
    }
}
