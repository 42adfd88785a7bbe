package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.storage.S3Server;
import io.precinct.engine.storage.StoreLocation;
import io.precinct.platform.config.StoreSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose graphs are in a bucket, over a real S3 protocol. */
@Timeout(300)
class BucketIT {
    private static final String NETWORK = "/v1/tenants/skyways/graphs/network";
    private static final String AIRPORTS = "query airports() { match { $a: Airport } return { count($a) as n } }";

    @Test
    void graphsInABucketAreLoadedReadWrittenAndThereAfterARestart(@TempDir Path home, @TempDir Path objects)
            throws Exception {
        try (S3Server server = new S3Server(objects)) {
            StoreSettings store = store(server.location(), home);
            try (RunningPrecinct precinct = new RunningPrecinct(home, store)) {
                Api admin = precinct.as("skyways", "admin");
                assertThat(count(admin)).isEqualTo(3_376);
                admin.postNdjson(
                                NETWORK + "/load/ndjson?mode=append",
                                "{\"type\":\"Airport\",\"data\":{\"iata\":\"XB1\",\"name\":\"n\",\"country\":\"USA\","
                                        + "\"latitude\":1.5,\"longitude\":2.5}}\n")
                        .expect(200);
                admin.post(
                                NETWORK + "/mutate",
                                Api.JSON
                                        .createObjectNode()
                                        .put(
                                                "query",
                                                "query add() { insert Airport { iata: \"XB2\", name: \"n\", country: \"USA\","
                                                        + " latitude: 0.0, longitude: 0.0 } }"))
                        .expect(200);
                assertThat(count(admin)).isEqualTo(3_378);
            }
            try (RunningPrecinct again = new RunningPrecinct(home, store)) {
                assertThat(count(again.as("skyways", "admin"))).isEqualTo(3_378);
                assertThat(count(again.as("skyways", "west-analyst"))).isLessThan(3_376);
            }
            try (Stream<Path> files = Files.walk(objects)) {
                assertThat(files).anyMatch(file -> file.toString().contains("/some/prefix/tenants/"));
            }
            assertThat(home.resolve("tenants")).doesNotExist();
        }
    }

    @Test
    void aNodeWhoseBucketIsNotThereAnswersThatItIsNotReadyAndWhy(@TempDir Path home, @TempDir Path objects)
            throws Exception {
        try (S3Server server = new S3Server(objects)) {
            StoreLocation.S3 there = server.location();
            StoreLocation.S3 absent = new StoreLocation.S3(
                    "no-such-bucket",
                    "",
                    there.region(),
                    there.endpoint(),
                    there.accessKeyId(),
                    there.secretAccessKey());
            try (RunningPrecinct precinct = RunningPrecinct.unready(home, store(absent, home))) {
                JsonNode readiness = precinct.awaitReadiness(
                        answer -> answer.at("/reasons/store").asText().equals("store_refuses"));
                assertThat(readiness.get("ready").asBoolean()).isFalse();
                assertThat(readiness.at("/checks/store").asBoolean(true)).isFalse();
                assertThat(precinct.anonymous().get("/readyz").status()).isEqualTo(503);
                assertThat(precinct.anonymous().get("/healthz").status()).isEqualTo(200);
            }
        }
    }

    private static StoreSettings store(StoreLocation.S3 location, Path home) throws Exception {
        Path keys = Files.writeString(
                home.resolve("keys"),
                "[default]\naws_access_key_id = " + location.accessKeyId() + "\naws_secret_access_key = "
                        + location.secretAccessKey() + "\n");
        return new StoreSettings(
                "s3",
                Optional.of(location.bucket()),
                location.prefix(),
                location.region(),
                location.endpoint().map(Object::toString),
                Optional.empty(),
                Optional.of(keys.toString()));
    }

    private static long count(Api api) {
        return api.query(NETWORK, AIRPORTS).expect(200).json().at("/rows/0/n").asLong();
    }
}
