package io.precinct.engine.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import java.io.CharConversionException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a stream of JSON values as older clients send it: any white space between them, the last of two equal members
 * wins, unknown members are ignored, {@code type} wins over {@code edge}, a scalar of another type counts as missing. An
 * {@code id} that writes the key in another way, or is one member of it, is replaced by the canonical id, in the edges of
 * the same input as well; edges therefore wait on disk until every node was read.
 *
 * <p>Refused all the same, since it can't be stored or would lose data in silence: a record that names no known type, an
 * id or end that is no text, a null in a list, and a Blob that is not managed.
 */
final class PermissiveRecords implements RecordSource {
    private final LoadLimits limits;
    private final Schema schema;
    private final Function<EntityType, LoadedType> types;
    private final Findings findings;
    private final ObjectMapper mapper;
    private final Bounded input;
    private final JsonParser parser;
    private final EdgeSpool edges;
    private final Map<Alias, Optional<String>> aliases = new HashMap<>();
    private boolean ended;
    /** Its first bytes are of no encoding of JSON. */
    private boolean notText;

    private long line;

    /** What an input calls a node; its canonical id is unknown when two nodes are called so. */
    private record Alias(TypeId type, String text) {}

    PermissiveRecords(
            InputStream input,
            Schema schema,
            Function<EntityType, LoadedType> types,
            Findings findings,
            LoadLimits limits) {
        this.limits = limits;
        this.schema = schema;
        this.types = types;
        this.findings = findings;
        this.mapper = new ObjectMapper(JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(limits.lineBytes())
                        .maxNestingDepth(64)
                        .build())
                .build());
        this.input = new Bounded(input, limits.lineBytes());
        try {
            this.parser = parser();
            this.edges = new EdgeSpool();
        } catch (IOException broken) {
            throw unavailable(broken);
        }
    }

    /** A parser looks at the first bytes for their encoding, which it may not know. */
    private JsonParser parser() throws IOException {
        try {
            JsonParser made = mapper.getFactory().createParser(input);
            made.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            return made;
        } catch (CharConversionException unknown) {
            notText = true;
            return mapper.getFactory().createParser("");
        }
    }

    /** Counts what is read, and ends a value that grows beyond what a line may hold. */
    private static final class Bounded extends FilterInputStream {
        private final int most;
        private long taken;
        private long valueStart;

        Bounded(InputStream in, int most) {
            super(in);
            this.most = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int read = read(one, 0, 1);
            return read < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (taken - valueStart > most) {
                throw new EngineException(
                        new EngineFailure.ResourceLimit("bytes of a record", most, taken - valueStart));
            }
            int read = super.read(target, offset, length);
            taken += Math.max(0, read);
            return read;
        }
    }

    @Override
    public boolean next() {
        try {
            return ended ? nextEdge() : nextValue();
        } catch (JsonProcessingException malformed) {
            if (malformed.getLocation() != null) {
                line = Math.max(1, malformed.getLocation().getLineNr());
            }
            fail("load_syntax", JsonFault.words(malformed) + "; nothing behind it was read");
            ended = true;
            return true;
        } catch (CharConversionException notText) {
            return endsAsNoText();
        } catch (IOException broken) {
            throw unavailable(broken);
        }
    }

    private boolean endsAsNoText() {
        fail("load_syntax", "these bytes are not UTF-8; save the file as UTF-8; nothing behind them was read");
        ended = true;
        return true;
    }

    private boolean nextValue() throws IOException {
        if (notText) {
            notText = false;
            return endsAsNoText();
        }
        input.valueStart = input.taken;
        JsonToken token = parser.nextToken();
        if (token == null) {
            ended = true;
            return nextEdge();
        }
        line = parser.currentTokenLocation().getLineNr();
        JsonNode value = mapper.readTree(parser);
        if (!value.isObject()) {
            fail("load_record", "expected an object as a record, got " + ValueReader.word(token));
        } else if (value.has("type")) {
            node(value);
        } else if (value.has("edge")) {
            edges.keep(line, mapper.writeValueAsBytes(value));
        } else {
            fail("load_record", "expected a member 'type' or 'edge' that names a type");
        }
        return true;
    }

    private boolean nextEdge() throws IOException {
        Optional<EdgeSpool.Kept> kept = edges.next();
        if (kept.isEmpty()) {
            return false;
        }
        line = kept.get().line();
        edge(mapper.readTree(kept.get().json()));
        return true;
    }

    private void node(JsonNode value) {
        Optional<EntityType.Node> known = schema.node(value.get("type").asText());
        if (known.isEmpty()) {
            fail("load_record", "no node type '" + value.get("type").asText() + "' in the schema");
            return;
        }
        LoadedType type = types.apply(known.get());
        JsonNode data = value.path("data");
        if (!values(type, data)) {
            return;
        }
        JsonNode id = data.path("id");
        Optional<String> key = type.key();
        if (id.isValueNode() && !id.isNull() && type.position("id") < 0) {
            String text = id.asText();
            if (key.isEmpty() || !writes(type, id)) {
                if (!id.isTextual()) {
                    fail("load_value", type.type().name() + ".id: expected the id of an entity as a string");
                    return;
                }
                type.id(text);
            } else if (!text.equals(key.get())) {
                Alias alias = new Alias(known.get().id(), text);
                aliases.merge(alias, key, (one, other) -> one.equals(other) ? one : Optional.empty());
                if (aliases.size() > limits.aliases()) {
                    throw new EngineException(
                            new EngineFailure.ResourceLimit("ids in another form", limits.aliases(), aliases.size()));
                }
            }
        }
        type.accept(null, null, line, findings);
    }

    /** Whether the id writes the key, or a member of it, in some form. */
    private boolean writes(LoadedType type, JsonNode id) {
        JsonNode asValue = id;
        try {
            JsonNode parsed = mapper.readTree(id.asText());
            asValue = parsed == null ? id : parsed;
        } catch (JsonProcessingException text) {
            // An id that is no JSON is text, and compared as such below.
            asValue = id;
        }
        if (type.key().equals(Optional.of(id.asText()))) {
            return true;
        }
        for (Property member : ((EntityType.Node) type.type()).keyMembers()) {
            Object value = type.value(type.position(member.name()));
            for (JsonNode form : List.of(JsonNodeFactory.instance.textNode(id.asText()), asValue)) {
                if (Objects.equals(value, read(form, member.type()).orElse(null))) {
                    return true;
                }
            }
        }
        return false;
    }

    private void edge(JsonNode value) {
        Optional<EntityType.Edge> known = schema.edge(value.get("edge").asText());
        if (known.isEmpty()) {
            fail("load_record", "no edge type '" + value.get("edge").asText() + "' in the schema");
            return;
        }
        if (!value.path("from").isTextual() || !value.path("to").isTextual()) {
            fail("load_record", "edge " + known.get().name() + " needs 'from' and 'to', ids of its nodes");
            return;
        }
        LoadedType type = types.apply(known.get());
        JsonNode data = value.path("data");
        if (!values(type, data)) {
            return;
        }
        Optional<String> from = end(known.get().source(), value.get("from").textValue());
        Optional<String> to = end(known.get().destination(), value.get("to").textValue());
        if (from.isEmpty() || to.isEmpty()) {
            return;
        }
        if (type.position("id") < 0 && data.path("id").isTextual()) {
            type.id(data.get("id").textValue());
        }
        type.accept(from.get(), to.get(), line, findings);
    }

    private Optional<String> end(TypeId type, String text) {
        Optional<String> canonical = aliases.getOrDefault(new Alias(type, text), Optional.of(text));
        if (canonical.isEmpty()) {
            fail("load_id", "'" + text + "' is the id of several nodes of this input; name one by its canonical id");
        }
        return canonical;
    }

    private boolean values(LoadedType type, JsonNode data) {
        type.begin();
        if (!data.isObject() && !data.isMissingNode() && !data.isNull()) {
            fail("load_record", "'data' must be an object");
            return false;
        }
        for (Property property : type.type().properties()) {
            JsonNode value = data.get(property.name());
            if (value == null) {
                continue;
            }
            int position = type.position(property.name());
            type.seen(position);
            if (lost(value, property.type())) {
                fail(
                        "load_value",
                        type.type().name() + "." + property.name() + ": expected "
                                + property.type().display()
                                + (property.type().list()
                                        ? ", and an element is null or of another type"
                                        : " as base64:<padded standard base64>"));
                return false;
            }
            try {
                type.value(position, read(value, property.type()).orElse(null));
            } catch (ValueReader.Unfit unfit) {
                fail("load_value", type.type().name() + "." + property.name() + ": " + unfit.getMessage());
                return false;
            }
        }
        return true;
    }

    /** What would be lost in silence, were it taken as missing. */
    private boolean lost(JsonNode value, PropertyType form) {
        return (form.list() && value.isArray() || form.scalar() == Scalar.BLOB && value.isTextual())
                && read(value, form).isEmpty();
    }

    /** The value as the property's type; empty when it is of another. */
    private Optional<Object> read(JsonNode value, PropertyType form) {
        try (JsonParser tokens = mapper.treeAsTokens(value)) {
            tokens.nextToken();
            return Optional.ofNullable(ValueReader.read(tokens, form));
        } catch (ValueReader.Unfit another) {
            return Optional.empty();
        } catch (IOException impossible) {
            throw new IllegalStateException("a tree is well formed", impossible);
        }
    }

    private void fail(String code, String message) {
        findings.add(code, message, line);
    }

    private EngineException unavailable(IOException broken) {
        return new EngineException(
                new EngineFailure.StorageUnavailable(
                        "the input of the load broke off after line " + line + " (" + broken.getMessage() + ")",
                        EngineFailure.Retry.LATER),
                broken);
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public long bytes() {
        return input.taken;
    }

    @Override
    public void close() {
        try {
            edges.close();
        } catch (IOException kept) {
            throw unavailable(kept);
        }
    }
}
