package io.precinct.bench;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.Result;
import org.neo4j.graphdb.Transaction;

/** Neo4j embedded, queried in Cypher; a unique constraint on the key and an index on the city. */
final class Neo4jSubject implements Subject {
    private static final int BATCH = 50_000;

    private final DatabaseManagementService service;
    private final GraphDatabaseService database;

    Neo4jSubject(Path folder) {
        this.service = new DatabaseManagementServiceBuilder(folder).build();
        this.database = service.database("neo4j");
    }

    @Override
    public String name() {
        return "Neo4j";
    }

    @Override
    public double load(Path data) throws Exception {
        long began = System.nanoTime();
        database.executeTransactionally("CREATE CONSTRAINT key IF NOT EXISTS FOR (p:Person) REQUIRE p.pid IS UNIQUE");
        database.executeTransactionally("CREATE INDEX city IF NOT EXISTS FOR (p:Person) ON (p.city)");
        database.executeTransactionally("CALL db.awaitIndexes(600)");
        Map<String, String> ids = new HashMap<>();
        long records = 0;
        try (BufferedReader in = Files.newBufferedReader(data.resolve("persons.csv"))) {
            String line = in.readLine();
            for (line = in.readLine(); line != null; ) {
                try (Transaction transaction = database.beginTx()) {
                    for (int i = 0; i < BATCH && line != null; i++, line = in.readLine()) {
                        String[] cells = line.split(",");
                        Node node = transaction.createNode(Label.label("Person"));
                        node.setProperty("pid", cells[0]);
                        node.setProperty("name", cells[1]);
                        node.setProperty("age", Integer.parseInt(cells[2]));
                        node.setProperty("city", cells[3]);
                        node.setProperty("bio", cells[4]);
                        ids.put(cells[0], node.getElementId());
                        records++;
                    }
                    transaction.commit();
                }
            }
        }
        try (BufferedReader in = Files.newBufferedReader(data.resolve("knows.csv"))) {
            String line = in.readLine();
            for (line = in.readLine(); line != null; ) {
                try (Transaction transaction = database.beginTx()) {
                    for (int i = 0; i < BATCH && line != null; i++, line = in.readLine()) {
                        String[] cells = line.split(",");
                        transaction
                                .getNodeByElementId(ids.get(cells[0]))
                                .createRelationshipTo(
                                        transaction.getNodeByElementId(ids.get(cells[1])),
                                        RelationshipType.withName("Knows"))
                                .setProperty("since", Integer.parseInt(cells[2]));
                        records++;
                    }
                    transaction.commit();
                }
            }
        }
        return records / ((System.nanoTime() - began) / 1e9);
    }

    @Override
    public Prepared prepare(Queries.Query query) {
        return (arguments, collect) -> {
            Map<String, Object> parameters = new HashMap<>();
            for (int i = 0; i < arguments.size(); i++) {
                parameters.put(query.parameters().get(i), arguments.get(i));
            }
            List<String> rows = new ArrayList<>();
            try (Transaction transaction = database.beginTx();
                    Result result = transaction.execute(query.cypher(), parameters)) {
                List<String> columns = result.columns();
                while (result.hasNext()) {
                    Map<String, Object> row = result.next();
                    if (collect) {
                        StringBuilder text = new StringBuilder();
                        columns.forEach(column -> text.append('|').append(row.get(column)));
                        rows.add(text.toString());
                    }
                }
            }
            Collections.sort(rows);
            return rows;
        };
    }

    @Override
    public void close() {
        service.shutdown();
    }
}
