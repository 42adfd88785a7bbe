package io.precinct.policy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may know what: evaluation stays behind one package, storage behind another. */
class ImportsTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.precinct.policy");

    private static final DescribedPredicate<JavaClass> OTHER_MODULES =
            DescribedPredicate.describe("belong to another part of the product than engine.spi", known -> {
                String name = known.getPackageName() + ".";
                return name.startsWith("io.precinct.")
                        && !name.startsWith("io.precinct.policy.")
                        && !name.startsWith("io.precinct.engine.spi.");
            });

    @Test
    void classesAreSeen() {
        assertThat(OURS).hasSizeGreaterThan(20);
    }

    @Test
    void ofOurOwnOnlyTheEngineInterfaceIsUsed() {
        noClasses().should().dependOnClassesThat(OTHER_MODULES).check(OURS);
    }

    @Test
    void onlyEvaluationKnowsTheWasmRuntimeAndHttp() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.precinct.policy.opa..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.dylibso.chicory..", "java.net.http..")
                .check(OURS);
    }

    @Test
    void onlyTheStoreKnowsTheDatabase() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.precinct.policy.store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jdbi..", "java.sql..", "javax.sql..")
                .check(OURS);
    }
}
