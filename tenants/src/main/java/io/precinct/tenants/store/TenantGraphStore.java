package io.precinct.tenants.store;

import io.precinct.engine.GraphId;
import io.precinct.tenants.TenantGraph;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.postgres.ControlDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/** Rows of the graphs that tenants have. */
public final class TenantGraphStore {
    private final ControlDatabase database;

    public TenantGraphStore(ControlDatabase database) {
        this.database = database;
    }

    /** False when the tenant has a graph of this name already, which is left as it is. */
    public boolean insert(TenantGraph graph) {
        return database.inTenant(
                graph.tenant(),
                handle -> handle.createUpdate("""
                        insert into tenant_graphs (tenant_id, graph_id, display_name, created_at, created_by)
                        values (:tenant, :graph, :displayName, :createdAt, :createdBy) on conflict do nothing
                        """)
                                .bind("tenant", graph.tenant().value())
                                .bind("graph", graph.graph().value())
                                .bind("displayName", graph.displayName())
                                .bind("createdAt", Columns.timestamp(graph.createdAt()))
                                .bind("createdBy", graph.createdBy())
                                .execute()
                        == 1);
    }

    public boolean delete(TenantId tenant, GraphId graph) {
        return database.inTenant(
                tenant,
                handle ->
                        handle.createUpdate("delete from tenant_graphs where tenant_id = :tenant and graph_id = :graph")
                                        .bind("tenant", tenant.value())
                                        .bind("graph", graph.value())
                                        .execute()
                                == 1);
    }

    public Optional<TenantGraph> find(TenantId tenant, GraphId graph) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery(
                                "select * from tenant_graphs where tenant_id = :tenant and graph_id = :graph")
                        .bind("tenant", tenant.value())
                        .bind("graph", graph.value())
                        .map(TenantGraphStore::graph)
                        .findOne());
    }

    public List<TenantGraph> list(TenantId tenant) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery("select * from tenant_graphs where tenant_id = :tenant order by graph_id")
                        .bind("tenant", tenant.value())
                        .map(TenantGraphStore::graph)
                        .list());
    }

    private static TenantGraph graph(ResultSet row, StatementContext context) throws SQLException {
        return new TenantGraph(
                new TenantId(row.getString("tenant_id")),
                new GraphId(row.getString("graph_id")),
                row.getString("display_name"),
                Columns.instant(row, "created_at"),
                row.getString("created_by"));
    }
}
