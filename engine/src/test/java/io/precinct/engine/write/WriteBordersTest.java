package io.precinct.engine.write;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.precinct.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class WriteBordersTest {
    @ArchTest
    static final ArchRule WRITE_KNOWS_NEITHER_EXECUTION_NOR_UPKEEP_NOR_THE_LIBRARY = noClasses()
            .that()
            .resideInAnyPackage("io.precinct.engine.write..", "io.precinct.engine.export..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.precinct.engine.exec..",
                    "io.precinct.engine.merge..",
                    "io.precinct.engine.upkeep..",
                    "org.lance..");

    @ArchTest
    static final ArchRule WRITE_SEES_OF_STORAGE_ONLY_ITS_DOOR = noClasses()
            .that()
            .resideInAnyPackage("io.precinct.engine.write..", "io.precinct.engine.export..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("io\\.precinct\\.engine\\.storage\\.(?!TableStore|RowBatches|Pin|BlobCell|BlobStore).*");
}
