package io.precinct.platform.run;

import io.precinct.engine.BranchName;
import io.precinct.engine.spi.IdSource;
import io.precinct.engine.upkeep.UpkeepReport;
import io.precinct.platform.identity.Caller;
import io.precinct.tenants.TenantGraph;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantRegistry;
import io.precinct.tenants.upkeep.CancelSignal;
import io.precinct.tenants.upkeep.UpkeepOutcome;
import io.precinct.tenants.upkeep.UpkeepRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Upkeep as an operation like any other: decided, run and recorded for a system caller. */
public final class UpkeepThroughRunner implements UpkeepRunner {
    private final OperationRunner runner;
    private final TenantRegistry registry;
    private final IdSource ids;

    public UpkeepThroughRunner(OperationRunner runner, TenantRegistry registry, IdSource ids) {
        this.runner = runner;
        this.registry = registry;
        this.ids = ids;
    }

    @Override
    public UpkeepOutcome compact(TenantId tenant, CancelSignal cancel) {
        Caller system = Caller.system(tenant, "compact");
        List<String> lines = new ArrayList<>();
        long folded = 0;
        long removed = 0;
        boolean complete = true;
        for (TenantGraph graph : registry.graphs(tenant)) {
            if (cancel.cancelled()) {
                complete = false;
                lines.add(graph.graph() + ": not looked at, " + cancel.reason().orElse("cancelled"));
                continue;
            }
            UpkeepReport report = runner.run(
                    system,
                    RequestContext.background(ids.next()),
                    new GraphOperation.Compact(graph.graph(), BranchName.MAIN, cancel::cancelled));
            complete &= report.complete();
            for (UpkeepReport.OfType type : report.types()) {
                folded += type.folded();
                removed += Math.max(0, type.fragmentsBefore() - type.fragmentsAfter());
                if (type.action() != UpkeepReport.Action.NOTHING) {
                    lines.add(graph.graph() + "." + type.typeName() + ": " + type.reason());
                }
            }
        }
        String summary = lines.isEmpty() ? "nothing to fold and no fragments worth merging" : String.join("; ", lines);
        return new UpkeepOutcome(complete, summary, Map.of("rows_folded", folded, "fragments_removed", removed));
    }
}
