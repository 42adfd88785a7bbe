package io.precinct.engine;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.precinct.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class LanguageArchitectureTest {
    private static final DescribedPredicate<JavaClass> FAILURES =
            belongToAnyOf(EngineException.class, EngineFailure.class);

    @ArchTest
    static final ArchRule SCHEMA_STANDS_ALONE = noClasses()
            .that()
            .resideInAPackage("io.precinct.engine.schema..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.precinct..")
                    .and(not(resideInAPackage("io.precinct.engine.schema..")))
                    .and(not(FAILURES)));

    @ArchTest
    static final ArchRule QUERY_KNOWS_SCHEMA_AND_HOST_ONLY = noClasses()
            .that()
            .resideInAPackage("io.precinct.engine.query..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.precinct..")
                    .and(not(resideInAnyPackage(
                            "io.precinct.engine.query..", "io.precinct.engine.schema..", "io.precinct.engine.spi..")))
                    .and(not(FAILURES)));
}
