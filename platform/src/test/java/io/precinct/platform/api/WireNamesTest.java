package io.precinct.platform.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The API description calls bodies by their simple names: of two with one name it would describe one only. */
class WireNamesTest {
    @Test
    void noTwoBodiesHaveOneName() {
        List<String> names = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.precinct.platform.api", "io.precinct.platform.errors")
                        .stream()
                        .filter(JavaClass::isRecord)
                        .map(JavaClass::getSimpleName)
                        .toList();
        assertThat(names).isNotEmpty().doesNotHaveDuplicates();
    }
}
