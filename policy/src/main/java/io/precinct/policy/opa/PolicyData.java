package io.precinct.policy.opa;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.policy.PreparedPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The documents an evaluation sees: the platform's tables and one tenant's prepared policy, nobody else's. */
final class PolicyData {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private PolicyData() {}

    static byte[] of(CompiledPolicy compiled, String tenant, PreparedPolicy policy) {
        try {
            ObjectNode data = (ObjectNode) MAPPER.readTree(compiled.platformData());
            data.putObject("tenants").set(tenant, MAPPER.readTree(policy.json()));
            return MAPPER.writeValueAsBytes(data);
        } catch (IOException e) {
            throw new UncheckedIOException("prepared policies are JSON", e);
        }
    }
}
