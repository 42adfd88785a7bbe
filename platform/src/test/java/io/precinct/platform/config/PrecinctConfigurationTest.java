package io.precinct.platform.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.precinct.engine.storage.StoreLocation;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.StringSubstitutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecinctConfigurationTest {
    private static final ObjectMapper JSON = Jackson.newObjectMapper();

    private static PrecinctConfiguration read(String yaml) throws Exception {
        return new DefaultConfigurationFactoryFactory<PrecinctConfiguration>()
                .create(PrecinctConfiguration.class, Validators.newValidator(), JSON, "precinct")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test.yml");
    }

    private static PrecinctConfiguration shipped(Map<String, String> environment) throws Exception {
        StringSubstitutor substitutor = new StringSubstitutor(environment);
        return new DefaultConfigurationFactoryFactory<PrecinctConfiguration>()
                .create(PrecinctConfiguration.class, Validators.newValidator(), JSON, "precinct")
                .build(
                        new SubstitutingSourceProvider(
                                new ShippedOrFile(new FileConfigurationSourceProvider()), substitutor),
                        ShippedOrFile.SHIPPED);
    }

    /** Every default. A change here changes what people run without having said so. */
    @Test
    void defaultsAreRecorded() throws Exception {
        PrecinctConfiguration defaults = read("{}");
        assertThat(JSON.valueToTree(defaults.identity()).toString())
                .isEqualTo("{\"type\":\"embedded\",\"url\":null,\"redirects\":[],\"accessTokenLife\":\"5 minutes\","
                        + "\"refreshTokenLife\":\"12 hours\",\"passwordIterations\":600000,\"claims\":[],"
                        + "\"clockSkew\":\"5 seconds\"}");
        assertThat(JSON.valueToTree(defaults.limits()).toString())
                .isEqualTo(
                        "{\"body\":\"1 mebibyte\",\"load\":\"32 mebibytes\",\"streamedLoad\":\"64 gibibytes\",\"query\":null,\"queries\":null,"
                                + "\"write\":{\"mutationRecords\":8192,\"mutationBytes\":\"32 mebibytes\",\"line\":\"32 mebibytes\","
                                + "\"structure\":131072,\"aliases\":1000000,\"open\":\"128 mebibytes\",\"ids\":null,\"externalBlobs\":[],\"preparations\":32}}");
        assertThat(JSON.valueToTree(defaults.audit()).toString())
                .isEqualTo("{\"queue\":10000,\"flush\":\"200 milliseconds\"}");
        assertThat(JSON.valueToTree(defaults.engines()).toString())
                .isEqualTo("{\"instances\":64,\"memory\":\"512 mebibytes\",\"graphMemory\":\"256 mebibytes\","
                        + "\"openWait\":\"30 seconds\",\"durable\":null}");
        assertThat(JSON.valueToTree(defaults.store()).toString())
                .isEqualTo("{\"type\":\"local\",\"bucket\":null,\"prefix\":\"\",\"region\":\"us-east-1\","
                        + "\"endpoint\":null,\"pathStyle\":null,\"credentials\":null}");
        assertThat(JSON.valueToTree(defaults.embedding()).toString())
                .isEqualTo("{\"provider\":\"in-process\",\"model\":null,\"base_url\":null}");
        assertThat(defaults.home()).hasToString(".precinct");
        servesThisMachineOnly(defaults, 8080);
    }

    private static void servesThisMachineOnly(PrecinctConfiguration configuration, int port) {
        DefaultServerFactory server = (DefaultServerFactory) configuration.getServerFactory();
        HttpConnectorFactory connector = ServerDefaults.connector(server);
        assertThat(connector.getBindHost()).isEqualTo("127.0.0.1");
        assertThat(connector.getPort()).isEqualTo(port);
        assertThat(connector.isUseServerHeader()).isFalse();
        assertThat(server.getApplicationConnectors()).hasSize(1);
        assertThat(server.getAdminConnectors()).isEmpty();
        assertThat(server.isEnableVirtualThreads()).isTrue();
        assertThat(server.getJerseyRootPath()).contains("/v1/*");
        assertThat(server.getShutdownGracePeriod().toSeconds()).isEqualTo(30);
        assertThat(ServerDefaults.loopbackOnly(server)).isTrue();
    }

    @Test
    void shippedFileSaysTheDefaults() throws Exception {
        PrecinctConfiguration shipped = shipped(Map.of());
        PrecinctConfiguration defaults = read("{}");
        assertThat(shipped.identity()).isEqualTo(defaults.identity());
        assertThat(shipped.limits()).isEqualTo(defaults.limits());
        assertThat(shipped.audit()).isEqualTo(defaults.audit());
        assertThat(shipped.store()).isEqualTo(defaults.store());
        assertThat(shipped.embedding()).isEqualTo(defaults.embedding());
        assertThat(shipped.home()).isEqualTo(defaults.home());
        servesThisMachineOnly(shipped, 8080);
    }

    @Test
    void shippedFileTakesTheEnvironment() throws Exception {
        PrecinctConfiguration shipped =
                shipped(Map.of("PRECINCT_HOST", "0.0.0.0", "PRECINCT_PORT", "9000", "PRECINCT_HOME", "/data"));
        assertThat(shipped.home()).hasToString("/data");
        assertThat(ServerDefaults.connector(shipped.getServerFactory()).getPort())
                .isEqualTo(9000);
        assertThat(ServerDefaults.loopbackOnly(shipped.getServerFactory())).isFalse();
    }

    @Test
    void bucketComesFromTheEnvironment() throws Exception {
        StoreSettings store = shipped(Map.of(
                        "PRECINCT_STORE", "s3",
                        "PRECINCT_S3_BUCKET", "graphs",
                        "PRECINCT_S3_PREFIX", "prod",
                        "PRECINCT_S3_ENDPOINT", "https://objects.example:9000/"))
                .store();
        Map<String, String> keys = Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret");
        assertThat(store.location(Path.of("/home"), true, name -> Optional.ofNullable(keys.get(name))))
                .isEqualTo(new StoreLocation.S3(
                        "graphs",
                        "prod",
                        "us-east-1",
                        Optional.of(URI.create("https://objects.example:9000")),
                        true,
                        "id",
                        "secret"));
    }

    @Test
    void bucketsAreAskedByNameWithoutAnEndpointOrWhenToldSo() throws Exception {
        for (String yaml : List.of(
                "store: {type: s3, bucket: graphs, region: eu-central-1}",
                "store: {type: s3, bucket: graphs, endpoint: 'https://o.example', pathStyle: 'false'}")) {
            StoreLocation location = read(yaml)
                    .store()
                    .location(Path.of("/home"), true, name -> Optional.of(name.equals("AWS_SESSION_TOKEN") ? "" : "x"));
            assertThat(((StoreLocation.S3) location).pathStyle()).as(yaml).isFalse();
        }
    }

    @Test
    void keysOfABucketComeFromAFile(@TempDir Path home) throws Exception {
        Files.writeString(
                home.resolve("keys"),
                "# comment\n[other]\naws_access_key_id=wrong\n[default]\naws_access_key_id = id\n"
                        + "aws_secret_access_key = se=cret\n");
        StoreSettings store =
                read("store: {type: s3, bucket: graphs, credentials: keys}").store();
        StoreLocation.S3 location = (StoreLocation.S3) store.location(home, true, name -> Optional.of("not asked"));
        assertThat(location.accessKeyId()).isEqualTo("id");
        assertThat(location.secretAccessKey()).isEqualTo("se=cret");
    }

    @Test
    void missingOrExpiringKeysStopTheStart(@TempDir Path home) throws Exception {
        StoreSettings store = read("store: {type: s3, bucket: graphs}").store();
        assertThatThrownBy(() -> store.location(home, true, name -> Optional.empty()))
                .hasMessageContaining("store.credentials")
                .hasMessageContaining("AWS_SECRET_ACCESS_KEY");
        assertThatThrownBy(() -> store.location(home, true, Optional::of)).hasMessageContaining("AWS_SESSION_TOKEN");
        StoreSettings fromFile =
                read("store: {type: s3, bucket: graphs, credentials: nowhere}").store();
        assertThatThrownBy(() -> fromFile.location(home, true, Optional::of))
                .hasMessageContaining(home.resolve("nowhere").toString());
    }

    @Test
    void embeddingTakesProviderModelAndAddress() throws Exception {
        EmbeddingSettings settings =
                read("embedding: {provider: openai-compatible, model: m, base_url: 'http://127.0.0.1:9/v1'}")
                        .embedding();
        assertThat(settings.model()).contains("m");
        assertThat(settings.settings().baseUrl()).contains(java.net.URI.create("http://127.0.0.1:9/v1"));
    }

    @Test
    void unknownKeysStopTheStart() {
        for (String yaml : new String[] {
            "hoem: x", "limits: {bodi: 1MiB}", "identity: {type: embedded, claim: [a]}", "identity: {type: keycloak}"
        }) {
            assertThatThrownBy(() -> read(yaml)).as(yaml).isInstanceOf(ConfigurationException.class);
        }
    }

    @Test
    void valuesThatCannotWorkNameTheirKey() {
        refused("limits: {body: 2MiB, load: 1MiB}", "limits.load");
        refused("limits: {body: 1B}", "limits.body");
        refused("audit: {queue: -1}", "audit.queue");
        refused("store: {type: gcs}", "store.type");
        refused("store: {bucket: graphs}", "store.type");
        refused("store: {type: s3}", "store.bucket");
        refused("store: {type: s3, bucket: UPPER}", "store.bucket");
        refused("store: {type: s3, bucket: graphs, prefix: '/a'}", "store.prefix");
        refused("store: {type: s3, bucket: graphs, endpoint: 'ftp://h'}", "store.endpoint");
        refused("store: {type: s3, bucket: graphs, endpoint: 'https://h/path'}", "store.endpoint");
        refused("store: {type: s3, bucket: graphs, pathStyle: maybe}", "store.pathStyle");
        refused("embedding: {provider: magic}", "embedding.provider");
        refused("embedding: {provider: openai-compatible}", "embedding is not complete");
        refused("embedding: {model: m}", "embedding is not complete");
        refused("embedding: {provider: openai, base_url: 'ftp://x'}", "embedding is not complete");
        refused("embedding: {provider: openai, api_key: secret}", "api_key");
        refused("identity: {type: embedded, passwordIterations: 10}", "identity.passwordIterations");
        refused("identity: {type: embedded, clockSkew: 10m}", "identity.clockSkew");
        refused("identity: {type: external}", "identity.issuers");
        refused(
                "identity: {type: external, issuers: [{issuer: 'http://i', jwks: 'http://i/k', algorithms: [HS256]}]}",
                "identity.issuers.algorithms");
    }

    private static void refused(String yaml, String key) {
        assertThatThrownBy(() -> read(yaml)).as(yaml).hasStackTraceContaining(key);
    }
}
