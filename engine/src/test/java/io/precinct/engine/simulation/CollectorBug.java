package io.precinct.engine.simulation;

import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.Provenance;
import io.precinct.engine.manifest.BentCollections;
import io.precinct.engine.manifest.GraphLog;
import java.util.function.BooleanSupplier;

/** Bugs in what a collection keeps, and in how it keeps others off what it takes. */
record CollectorBug(BentCollections bent) implements Defect.Plant {
    @Override
    public Defect in(World world) {
        return new Defect() {
            @Override
            public GraphLog log(GraphLog log) {
                return new ForwardingLog(log) {
                    @Override
                    public CollectReport collect(CollectRequest request, Provenance by, BooleanSupplier cancelled) {
                        return bent.run(log, request, by, cancelled);
                    }
                };
            }
        };
    }

    @Override
    public String toString() {
        return bent.name();
    }
}
