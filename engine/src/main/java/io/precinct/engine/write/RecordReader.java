package io.precinct.engine.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads one line as one record, strictly: exactly one of {@code type} and {@code edge}, no member twice, no unknown
 * member, no value of another type. A record is handed on only when all of the line is well formed.
 */
final class RecordReader {
    private static final PropertyType TEXT = PropertyType.of(Scalar.STRING);

    private final JsonFactory factory;
    private final Schema schema;
    private final Function<EntityType, LoadedType> types;
    private final Findings findings;
    private final Map<String, LoadedType> nodes = new HashMap<>();
    private final Map<String, LoadedType> edges = new HashMap<>();

    private LoadedType type;
    private String from;
    private String to;
    private boolean typeSeen;
    private boolean edgeSeen;
    private boolean dataSeen;
    private boolean dataDeferred;
    private boolean broken;

    RecordReader(Schema schema, Function<EntityType, LoadedType> types, Findings findings, LoadLimits limits) {
        this.factory = JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(limits.lineBytes())
                        .maxNestingDepth(8)
                        .build())
                .build();
        this.schema = schema;
        this.types = types;
        this.findings = findings;
    }

    /** Adds the line's record to its type, or what is wrong with it to the findings. */
    void read(Lines line) {
        type = null;
        from = null;
        to = null;
        typeSeen = false;
        edgeSeen = false;
        dataSeen = false;
        dataDeferred = false;
        broken = false;
        if (!text(line)) {
            fail("load_syntax", "expected one JSON object in UTF-8 on the line", line);
            return;
        }
        try {
            members(line);
            if (broken) {
                return;
            }
            if (type == null) {
                fail("load_record", "expected a member 'type' or 'edge' that names a type", line);
                return;
            }
            if (typeSeen && (from != null || to != null)) {
                fail("load_record", "a node record has the members type and data, no 'from' or 'to'", line);
                return;
            }
            if (edgeSeen && (from == null || to == null)) {
                fail("load_record", "edge " + type.type().name() + " needs 'from' and 'to', ids of its nodes", line);
                return;
            }
            if (dataDeferred) {
                deferredData(line);
            }
            if (!broken) {
                type.accept(from, to, line.number(), findings);
            }
        } catch (JsonProcessingException malformed) {
            fail("load_syntax", JsonFault.words(malformed), line);
        } catch (IOException impossible) {
            throw new IllegalStateException("a line in memory can be read", impossible);
        }
    }

    /** The parser would take NULs and byte order marks at the start for another encoding. */
    private static boolean text(Lines line) {
        for (int i = 0; i < Math.min(4, line.length()); i++) {
            if (line.buffer()[line.start() + i] == 0 || i == 0 && line.buffer()[line.start()] < 0) {
                return false;
            }
        }
        return true;
    }

    private JsonParser parser(Lines line) throws IOException {
        return factory.createParser(line.buffer(), line.start(), line.length());
    }

    private void members(Lines line) throws IOException {
        try (JsonParser parser = parser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                fail("load_syntax", "expected one JSON object on the line", line);
                return;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "type" -> {
                        once("type", typeSeen, line);
                        typeSeen = true;
                        node(parser, line);
                    }
                    case "edge" -> {
                        once("edge", edgeSeen, line);
                        edgeSeen = true;
                        edge(parser, line);
                    }
                    case "from" -> {
                        once("from", from != null, line);
                        from = end(parser, "from", line);
                    }
                    case "to" -> {
                        once("to", to != null, line);
                        to = end(parser, "to", line);
                    }
                    case "data" -> {
                        once("data", dataSeen, line);
                        dataSeen = true;
                        if (type == null) {
                            dataDeferred = true;
                            parser.skipChildren();
                        } else {
                            data(parser, line);
                        }
                    }
                    default -> {
                        fail(
                                "load_record",
                                "unknown member '" + name + "': a record has type, data or edge, from, to, data",
                                line);
                        parser.skipChildren();
                    }
                }
                if (broken) {
                    return;
                }
            }
            if (parser.nextToken() != null) {
                fail("load_syntax", "expected one JSON object on the line, and more follows it", line);
            }
        }
    }

    private void once(String name, boolean seen, Lines line) {
        if (seen) {
            fail("load_record", "member '" + name + "' is there twice", line);
        } else if ((name.equals("type") && edgeSeen) || (name.equals("edge") && typeSeen)) {
            fail("load_record", "a record has one of 'type' and 'edge', and this one has both", line);
        }
    }

    private void node(JsonParser parser, Lines line) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            fail("load_record", "'type' must name a node type", line);
            return;
        }
        String name = parser.getText();
        type = nodes.get(name);
        if (type == null) {
            Optional<EntityType.Node> known = schema.node(name);
            if (known.isEmpty()) {
                fail("load_record", "no node type '" + name + "' in the schema", line);
                return;
            }
            type = types.apply(known.get());
            nodes.put(name, type);
        }
        type.begin();
    }

    private void edge(JsonParser parser, Lines line) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            fail("load_record", "'edge' must name an edge type", line);
            return;
        }
        String name = parser.getText();
        type = edges.get(name);
        if (type == null) {
            Optional<EntityType.Edge> known = schema.edge(name);
            if (known.isEmpty()) {
                fail("load_record", "no edge type '" + name + "' in the schema", line);
                return;
            }
            type = types.apply(known.get());
            edges.put(name, type);
        }
        type.begin();
    }

    private String end(JsonParser parser, String name, Lines line) throws IOException {
        try {
            return ValueReader.text(parser, TEXT);
        } catch (ValueReader.Unfit unfit) {
            fail("load_value", "'" + name + "': " + unfit.getMessage(), line);
            return "";
        }
    }

    private void deferredData(Lines line) throws IOException {
        try (JsonParser parser = parser(line)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean data = parser.currentName().equals("data");
                parser.nextToken();
                if (data) {
                    data(parser, line);
                    return;
                }
                parser.skipChildren();
            }
        }
    }

    private void data(JsonParser parser, Lines line) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            fail("load_record", "'data' must be an object, got " + ValueReader.word(parser.currentToken()), line);
            parser.skipChildren();
            return;
        }
        String place = type.type().name() + ".";
        boolean idSeen = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            try {
                int position = type.position(name);
                if (position >= 0) {
                    if (type.seen(position)) {
                        fail("load_record", place + name + " is there twice", line);
                    }
                    type.value(position, ValueReader.read(parser, type.form(position)));
                } else if (name.equals("id")) {
                    if (idSeen) {
                        fail("load_record", place + "id is there twice", line);
                    }
                    idSeen = true;
                    String id = ValueReader.text(parser, TEXT);
                    if (id.isEmpty()) {
                        fail("load_value", place + "id: expected the id of an entity, got an empty string", line);
                    }
                    type.id(id);
                } else {
                    fail("load_record", type.type().name() + " has no property '" + name + "'", line);
                    parser.skipChildren();
                }
            } catch (ValueReader.Unfit unfit) {
                fail("load_value", place + name + ": " + unfit.getMessage(), line);
                leave(parser);
            }
        }
    }

    /** Back to the members of {@code data} from wherever in an array the value went wrong. */
    private static void leave(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT || parser.currentToken() == JsonToken.START_ARRAY) {
            parser.skipChildren();
        }
        while (parser.getParsingContext().inArray()) {
            if (parser.nextToken() == null) {
                return;
            }
        }
    }

    private void fail(String code, String message, Lines line) {
        broken = true;
        findings.add(code, message, line.number());
    }
}
