package io.precinct.engine.simulation;

import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.spi.IdSource;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.storage.TableStore;

/** A bug planted into one life of a process: into its protocol, or into what that takes for granted. */
interface Defect {
    /** Makes the defect of one life; it may remember what it needs. */
    @FunctionalInterface
    interface Plant {
        Plant NONE = world -> new Defect() {};

        Defect in(World world);
    }

    /** In the store itself: what a request does. */
    default ObjectStore store(ObjectStore store) {
        return store;
    }

    /** In the process: what it makes of the answers. */
    default ObjectStore front(ObjectStore front) {
        return front;
    }

    default TableStore tables(TableStore tables) {
        return tables;
    }

    default GraphLog log(GraphLog log) {
        return log;
    }

    default IdSource ids(IdSource ids) {
        return ids;
    }
}
