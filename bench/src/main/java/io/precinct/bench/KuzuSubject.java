package io.precinct.bench;

import com.kuzudb.Connection;
import com.kuzudb.Database;
import com.kuzudb.FlatTuple;
import com.kuzudb.PreparedStatement;
import com.kuzudb.QueryResult;
import com.kuzudb.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Kùzu embedded, one thread, loaded with COPY. */
final class KuzuSubject implements Subject {
    private final Database database;
    private final Connection connection;

    KuzuSubject(Path folder) throws Exception {
        this.database = new Database(folder.toString());
        this.connection = new Connection(database);
        connection.setMaxNumThreadForExec(1);
    }

    @Override
    public String name() {
        return "Kùzu";
    }

    @Override
    public double load(Path data) throws Exception {
        long began = System.nanoTime();
        run("CREATE NODE TABLE Person(pid STRING PRIMARY KEY, name STRING, age INT32, city STRING, bio STRING)");
        run("CREATE REL TABLE Knows(FROM Person TO Person, since INT32)");
        run("COPY Person FROM '" + data.resolve("persons.csv") + "' (HEADER=true)");
        run("COPY Knows FROM '" + data.resolve("knows.csv") + "' (HEADER=true)");
        long records = count("MATCH (p:Person) RETURN count(p)") + count("MATCH ()-[k:Knows]->() RETURN count(k)");
        return records / ((System.nanoTime() - began) / 1e9);
    }

    private void run(String statement) throws Exception {
        try (QueryResult result = connection.query(statement)) {
            if (!result.isSuccess()) {
                throw new IllegalStateException(result.getErrorMessage());
            }
        }
    }

    private long count(String statement) throws Exception {
        try (QueryResult result = connection.query(statement);
                FlatTuple tuple = result.getNext();
                Value value = tuple.getValue(0)) {
            return value.<Long>getValue();
        }
    }

    @Override
    public Prepared prepare(Queries.Query query) throws Exception {
        PreparedStatement statement = connection.prepare(query.kuzu());
        if (!statement.isSuccess()) {
            throw new IllegalStateException(query.name() + ": " + statement.getErrorMessage());
        }
        return (arguments, collect) -> {
            Map<String, Value> parameters = new HashMap<>();
            for (int i = 0; i < arguments.size(); i++) {
                parameters.put(query.parameters().get(i), new Value(arguments.get(i)));
            }
            List<String> rows = new ArrayList<>();
            try (QueryResult result = connection.execute(statement, parameters)) {
                if (!result.isSuccess()) {
                    throw new IllegalStateException(query.name() + ": " + result.getErrorMessage());
                }
                long columns = result.getNumColumns();
                while (result.hasNext()) {
                    FlatTuple tuple = result.getNext();
                    StringBuilder text = new StringBuilder();
                    for (long column = 0; column < columns; column++) {
                        Object value = tuple.getValue(column).getValue();
                        if (collect) {
                            text.append('|').append(value);
                        }
                    }
                    if (collect) {
                        rows.add(text.toString());
                    }
                }
            }
            Collections.sort(rows);
            return rows;
        };
    }

    @Override
    public void close() throws Exception {
        connection.close();
        database.close();
    }
}
