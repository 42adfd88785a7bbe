package io.precinct.engine.search;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.precinct.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class SearchBordersTest {
    @ArchTest
    static final ArchRule SEARCH_KNOWS_NEITHER_EXECUTION_NOR_WRITES = noClasses()
            .that()
            .resideInAPackage("io.precinct.engine.search..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.precinct.engine.exec..",
                    "io.precinct.engine.write..",
                    "io.precinct.engine.export..",
                    "io.precinct.engine.merge..",
                    "io.precinct.engine.upkeep..");

    @ArchTest
    static final ArchRule ONLY_SEARCH_KNOWS_ANALYSIS_AND_MODELS = noClasses()
            .that()
            .resideOutsideOfPackage("io.precinct.engine.search..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.lucene..", "org.tartarus..", "dev.langchain4j..", "ai.onnxruntime..", "ai.djl..");
}
