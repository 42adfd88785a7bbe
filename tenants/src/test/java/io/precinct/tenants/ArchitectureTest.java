package io.precinct.tenants;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.store.TenantStore;
import java.util.function.Function;

@AnalyzeClasses(packages = "io.precinct.tenants", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule KNOWS_NEITHER_POLICY_NOR_PLATFORM = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.precinct.policy..", "io.precinct.platform..");

    @ArchTest
    static final ArchRule SPEAKS_SQL_IN_TWO_PACKAGES_ONLY = noClasses()
            .that()
            .resideOutsideOfPackages("io.precinct.tenants.store..", "io.precinct.tenants.postgres..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.jdbi..", "org.postgresql..", "org.flywaydb..");

    @ArchTest
    static final ArchRule READS_ACROSS_TENANTS_IN_ONE_CLASS_ONLY = noClasses()
            .that()
            .areNotAssignableTo(TenantStore.class)
            .should()
            .callMethod(ControlDatabase.class, "inRegistry", Function.class);

    @ArchTest
    static void sawTheClasses(JavaClasses classes) {
        if (!classes.contain(TenantStore.class)) {
            throw new AssertionError("the rules were checked on nothing");
        }
    }
}
