package io.precinct.engine.storage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StorageBordersTest {
    @Test
    void onlyStorageKnowsTheLanceLibraryAndTheObjectStoreClient() {
        JavaClasses engine = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.precinct.engine");
        noClasses()
                .that()
                .resideOutsideOfPackage("io.precinct.engine.storage")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.lance..", "software.amazon.awssdk..")
                .check(engine);
    }

    @Test
    void eachMissingConditionOfTheNativeLibraryIsOneSentence() {
        assertThat(NativeRuntime.problems(Map.of("LANCE_CPU_THREADS", "4"), true))
                .isEmpty();
        assertThat(NativeRuntime.problems(Map.of("LANCE_CPU_THREADS", "3"), true))
                .singleElement()
                .asString()
                .contains("LANCE_CPU_THREADS");
        assertThat(NativeRuntime.problems(Map.of(), false)).hasSize(2);
    }
}
