package io.precinct.engine.manifest;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.TableStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The objects that a collection may take: those that were there before its fences. The list of branches and schemas are
 * not among them: the one is never cut, and a schema, named by its content, may be named again at any moment.
 *
 * @param streams by stream, whatever the list of branches says of it
 * @param files of datasets
 */
record Candidates(Map<StreamId, OfStream> streams, List<TableStore.StoredFile> files) {
    private static final int PAGE = 1_000;
    private static final Pattern LOG_OBJECT = Pattern.compile("log/([^/]+)/(?:(checkpoint/)?([0-9]{20})|hint)");

    /** @param sequence of a record, or of the record that a checkpoint was made after; 0 for a hint */
    record LogObject(String key, long bytes, long sequence) {}

    /** Records and checkpoints oldest first. */
    record OfStream(List<LogObject> records, List<LogObject> checkpoints, List<LogObject> hints) {
        OfStream() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    static Candidates list(ObjectStore store, TableStore tables) {
        Map<StreamId, OfStream> streams = new TreeMap<>(Comparator.comparing(StreamId::value));
        Optional<String> after = Optional.empty();
        while (true) {
            List<ObjectStore.Listed> page = page(store, after);
            page.forEach(object -> add(object, streams));
            if (page.size() < PAGE) {
                break;
            }
            after = Optional.of(page.getLast().key());
        }
        streams.values().forEach(one -> {
            one.records().sort(Comparator.comparingLong(LogObject::sequence));
            one.checkpoints().sort(Comparator.comparingLong(LogObject::sequence));
        });
        return new Candidates(streams, tables.files());
    }

    private static List<ObjectStore.Listed> page(ObjectStore store, Optional<String> after) {
        try {
            return store.listed("log/", after, PAGE);
        } catch (StoreException failed) {
            throw StreamLog.unavailable(failed);
        }
    }

    private static void add(ObjectStore.Listed object, Map<StreamId, OfStream> streams) {
        Matcher name = LOG_OBJECT.matcher(object.key());
        if (!name.matches() || name.group(1).equals(RefsState.STREAM)) {
            return;
        }
        OfStream stream = streams.computeIfAbsent(new StreamId(name.group(1)), id -> new OfStream());
        if (name.group(3) == null) {
            stream.hints().add(new LogObject(object.key(), object.bytes(), 0));
            return;
        }
        LogObject one = new LogObject(object.key(), object.bytes(), Long.MAX_VALUE - Long.parseLong(name.group(3)));
        (name.group(2) == null ? stream.records() : stream.checkpoints()).add(one);
    }
}
