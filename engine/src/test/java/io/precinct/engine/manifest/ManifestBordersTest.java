package io.precinct.engine.manifest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.precinct.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class ManifestBordersTest {
    @ArchTest
    static final ArchRule THE_LOG_KNOWS_ONLY_SCHEMAS_STORAGE_AND_PORTS = noClasses()
            .that()
            .resideInAPackage("io.precinct.engine.manifest..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("io\\.precinct\\.(?!engine\\.(manifest|schema|storage|spi)\\.|engine\\.[A-Z]).*");

    @ArchTest
    static final ArchRule THE_LOG_SEES_OF_STORAGE_ONLY_ITS_DOOR = noClasses()
            .that()
            .resideInAPackage("io.precinct.engine.manifest..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("io\\.precinct\\.engine\\.storage\\.(?!TableStore|RowBatches|Pin).*");

    @ArchTest
    static final ArchRule THE_LOG_KNOWS_NO_GRAPH_ABOVE_IT = noClasses()
            .that()
            .resideInAnyPackage("io.precinct.engine.manifest..", "io.precinct.engine.upkeep..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("io\\.precinct\\.engine\\.(Graph|GraphStore|LanceGraph|LanceGraphStore)(\\$.*)?");
}
