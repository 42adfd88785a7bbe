package io.precinct.engine.simulation;

import io.precinct.engine.manifest.Background;
import io.precinct.engine.manifest.LogSettings;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaJson;
import io.precinct.engine.spi.IdSource;
import io.precinct.engine.storage.TableStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** What all processes of one run share. */
final class World {
    private static final Map<String, Schema> KNOWN_SCHEMAS = new ConcurrentHashMap<>();

    /** Decoding the same few schemas again for every process would take most of the time. */
    private static final LogSettings.SchemaForm SCHEMAS = new LogSettings.SchemaForm() {
        @Override
        public byte[] write(Schema schema) {
            return SchemaJson.write(schema);
        }

        @Override
        public Schema read(byte[] bytes) {
            return KNOWN_SCHEMAS.computeIfAbsent(
                    new String(bytes, StandardCharsets.UTF_8), text -> SchemaJson.read(bytes));
        }
    };

    private final Sequence sequence;
    private final Defect.Plant plant;
    private final TableStore tables;
    private final Random random;
    private final Scheduler scheduler;
    private final SharedStore shared = new SharedStore();
    private long ids;
    private long ticks;

    World(Sequence sequence, Defect.Plant plant, TableStore tables) {
        this.sequence = sequence;
        this.plant = plant;
        this.tables = tables;
        this.random = new Random(sequence.seed());
        this.scheduler = new Scheduler(random);
    }

    Sequence sequence() {
        return sequence;
    }

    /** For one life of a process. */
    Defect defect() {
        return plant.in(this);
    }

    TableStore tables() {
        return tables;
    }

    Random random() {
        return random;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    SharedStore shared() {
        return shared;
    }

    /** Here other processes may act, and what is under way in the network may land. */
    void between() {
        if (scheduler.isActor()) {
            shared.goOn(random);
            scheduler.point();
        }
    }

    IdSource ids() {
        return () -> "%026d".formatted(++ids);
    }

    /** Goes on with every look at it. */
    InstantSource clock(Life life) {
        return () -> Instant.EPOCH.plusMillis(++ticks).plus(life.clockIsAhead());
    }

    LogSettings settings(InstantSource clock, IdSource names, Optional<Background> behind) {
        return new LogSettings(names, clock, SCHEMAS, sequence.limits(), behind);
    }
}
