package io.precinct.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SchemaJsonTest {
    @Property(tries = 300)
    void storedSchemasReadBackAsTheyWere(@ForAll("schemas") String text) {
        Schema schema = SchemaCompiler.compile(text);
        byte[] stored = SchemaJson.write(schema);
        Schema read = SchemaJson.read(stored);
        assertThat(read).isEqualTo(schema);
        assertThat(SchemaJson.write(read)).isEqualTo(stored);
    }

    @Property(tries = 300)
    void everyIdentityIsGivenOnceInOrder(@ForAll("schemas") String text) {
        Schema schema = SchemaCompiler.compile(text);
        List<Integer> ids = Stream.of(
                        schema.interfaces().stream().map(i -> i.id().value()),
                        schema.types().stream().map(t -> t.id().value()),
                        schema.interfaces().stream()
                                .flatMap(i -> i.members().stream())
                                .map(m -> m.property().id().value()),
                        schema.types().stream()
                                .flatMap(t -> t.properties().stream())
                                .map(p -> p.id().value()))
                .flatMap(each -> each)
                .toList();
        assertThat(ids).isEqualTo(IntStream.range(1, schema.nextId()).boxed().toList());
    }

    @Provide
    Arbitrary<String> schemas() {
        return RandomSchemas.texts();
    }
}
