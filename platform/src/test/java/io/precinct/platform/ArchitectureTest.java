package io.precinct.platform;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphStore;
import io.precinct.platform.api.TenantResource;

/** Who may touch whom, over all modules. */
@AnalyzeClasses(packages = "io.precinct", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule engineKnowsNobody = noClasses()
            .that()
            .resideInAPackage("io.precinct.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.precinct.policy..",
                    "io.precinct.tenants..",
                    "io.precinct.platform..",
                    "jakarta..",
                    "io.dropwizard..");

    @ArchTest
    static final ArchRule tenantsAndPolicyNeverSeeEachOther = noClasses()
            .that()
            .resideInAPackage("io.precinct.tenants..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.precinct.policy..", "io.precinct.platform..");

    @ArchTest
    static final ArchRule policySeesTheEnginesRequestsOnly = noClasses()
            .that()
            .resideInAPackage("io.precinct.policy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.precinct.tenants..",
                    "io.precinct.platform..",
                    "io.precinct.engine",
                    "io.precinct.engine.query..",
                    "io.precinct.engine.schema..",
                    "io.precinct.engine.exec..",
                    "io.precinct.engine.manifest..",
                    "io.precinct.engine.storage..",
                    "io.precinct.engine.write..");

    @ArchTest
    static final ArchRule onlyStorageKnowsLance = noClasses()
            .that()
            .resideOutsideOfPackage("io.precinct.engine.storage..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.lance..", "software.amazon.awssdk..");

    @ArchTest
    static final ArchRule onlyPolicyOpaKnowsHowOpaIsAsked = noClasses()
            .that()
            .resideOutsideOfPackage("io.precinct.policy.opa..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.dylibso.chicory..");

    @ArchTest
    static final ArchRule onlyStoresAndTheTrailSpeakSql = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.precinct.tenants.store..",
                    "io.precinct.tenants.postgres..",
                    "io.precinct.tenants.upkeep..",
                    "io.precinct.policy.store..",
                    "io.precinct.platform.audit..",
                    "io.precinct.platform")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jdbi..", "java.sql..", "javax.sql..");

    /** The one order of an operation is the runner's; creating a graph is its body, and wiring opens instances. */
    @ArchTest
    static final ArchRule nothingButOperationsReachesAnEngine = noClasses()
            .that()
            .resideOutsideOfPackages("io.precinct.engine..", "io.precinct.platform.run..", "io.precinct.platform")
            .and()
            .doNotHaveFullyQualifiedName(TenantResource.class.getName())
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Graph.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(GraphStore.class);
}
