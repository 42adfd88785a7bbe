package io.precinct.engine.merge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.precinct.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class MergeBordersTest {
    @ArchTest
    static final ArchRule MERGE_KNOWS_NEITHER_QUERIES_NOR_EXECUTION_NOR_UPKEEP_NOR_THE_LIBRARY = noClasses()
            .that()
            .resideInAPackage("io.precinct.engine.merge..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.precinct.engine.query..",
                    "io.precinct.engine.exec..",
                    "io.precinct.engine.search..",
                    "io.precinct.engine.upkeep..",
                    "org.lance..");

    @ArchTest
    static final ArchRule ONLY_THE_FACADE_ASKS_FOR_MERGES = noClasses()
            .that()
            .resideOutsideOfPackages("io.precinct.engine", "io.precinct.engine.merge..", "io.precinct.engine.feed..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.precinct.engine.merge..");
}
