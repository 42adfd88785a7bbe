package io.precinct.bench;

import java.util.List;

/** The queries compared, by the name they have in {@code person.gq}, with what they are in Cypher. */
enum Queries {
    ;

    /**
     * @param parameters names, in the order of the arguments
     * @param cypher for Neo4j and Kùzu alike, unless they differ
     * @param kuzu where Kùzu says it in another way
     */
    record Query(String name, Kind kind, List<String> parameters, String cypher, String kuzu) {}

    enum Kind {
        /** One start person a call. */
        PERSON,
        /** A start person, an age and a city. */
        FILTERED,
        /** A city and an age. */
        CITY,
        /** None. */
        WHOLE
    }

    static final List<Query> ALL = List.of(
            both(
                    "point",
                    Kind.PERSON,
                    "MATCH (p:Person {pid: $pid}) RETURN p.pid, p.name, p.age, p.city, p.bio",
                    "pid"),
            both("hop1", Kind.PERSON, "MATCH (a:Person {pid: $pid})-[:Knows]->(b:Person) RETURN b.pid", "pid"),
            both("hop1count", Kind.PERSON, "MATCH (a:Person {pid: $pid})-[:Knows]->(b:Person) RETURN count(b)", "pid"),
            hops("hop2", 2),
            hops("hop3", 3),
            both(
                    "walk2",
                    Kind.PERSON,
                    "MATCH (a:Person {pid: $pid})-[:Knows]->(m:Person) MATCH (m)-[:Knows]->(b:Person) RETURN count(b)",
                    "pid"),
            both(
                    "fhop",
                    Kind.FILTERED,
                    "MATCH (a:Person {pid: $pid})-[:Knows]->(b:Person) WHERE b.age > $age AND b.city = $city RETURN b.pid",
                    "pid",
                    "age",
                    "city"),
            both(
                    "scanhop",
                    Kind.CITY,
                    "MATCH (a:Person {city: $city})-[:Knows]->(b:Person) WHERE a.age > $age RETURN count(b)",
                    "city",
                    "age"),
            both(
                    "top10",
                    Kind.WHOLE,
                    "MATCH (a:Person)-[:Knows]->(b:Person) RETURN a.pid, count(b) AS d ORDER BY d DESC, a.pid ASC LIMIT 10"));

    private static Query both(String name, Kind kind, String cypher, String... parameters) {
        return new Query(name, kind, List.of(parameters), cypher, cypher);
    }

    /** Everybody within a distance, the start excluded. */
    private static Query hops(String name, int most) {
        return new Query(
                name,
                Kind.PERSON,
                List.of("pid"),
                "MATCH (a:Person {pid: $pid})-[:Knows*1.." + most
                        + "]->(b:Person) WHERE b <> a RETURN count(DISTINCT b)",
                "MATCH (a:Person {pid: $pid})-[:Knows* SHORTEST 1.." + most
                        + "]->(b:Person) WHERE b.pid <> $pid RETURN count(DISTINCT b)");
    }
}
