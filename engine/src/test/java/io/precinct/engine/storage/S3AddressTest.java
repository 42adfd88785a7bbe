package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class S3AddressTest {
    private static final URI ENDPOINT = URI.create("https://objects.example:9000");

    private static Map<String, String> options(Optional<URI> endpoint, boolean pathStyle) {
        StoreLocation.S3 location = new StoreLocation.S3("graphs", "p", "eu-1", endpoint, pathStyle, "key", "secret");
        DatasetFiles files = DatasetFiles.at(location.below("tenants/a"), Durability::force);
        try {
            return files.options();
        } finally {
            files.close();
        }
    }

    @Test
    void anEndpointHoldsBucketsInItsPathUnlessToldOtherwise() {
        StoreLocation.S3 location = new StoreLocation.S3("graphs", "p", "eu-1", Optional.of(ENDPOINT), "key", "secret");
        assertThat(location.pathStyle()).isTrue();
        assertThat(options(Optional.of(ENDPOINT), true))
                .containsEntry("aws_endpoint", "https://objects.example:9000")
                .containsEntry("aws_virtual_hosted_style_request", "false")
                .containsEntry("allow_http", "false");
    }

    @Test
    void bucketsWithNamesOfTheirOwnAreAskedByTheirNames() {
        assertThat(options(Optional.of(ENDPOINT), false))
                .containsEntry("aws_endpoint", "https://graphs.objects.example:9000")
                .containsEntry("aws_virtual_hosted_style_request", "true");
        assertThat(options(Optional.empty(), false))
                .doesNotContainKey("aws_endpoint")
                .containsEntry("aws_virtual_hosted_style_request", "true");
    }
}
