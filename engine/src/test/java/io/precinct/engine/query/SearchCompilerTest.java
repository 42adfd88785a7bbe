package io.precinct.engine.query;

import io.precinct.engine.schema.GoldenCases;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class SearchCompilerTest {
    private static final Schema SCHEMA = SchemaCompiler.compile(GoldenCases.text("search.pg"));

    @TestFactory
    List<DynamicTest> searchesMeanWhatTheFileSays() {
        return GoldenCases.of("search-queries.txt", SearchCompilerTest::checked);
    }

    @TestFactory
    List<DynamicTest> faultySearchesAreRefusedWithEveryFault() {
        return GoldenCases.of("search-faults.txt", SearchCompilerTest::checked);
    }

    private static String checked(String text) {
        return StatementText.of(QueryCompiler.compile(text, Optional.empty(), SCHEMA));
    }
}
