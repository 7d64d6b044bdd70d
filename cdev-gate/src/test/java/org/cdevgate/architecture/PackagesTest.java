package org.cdevgate.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Which package may know which, and that a user of the module meets none that is not exported. A
 * picture of the same stands in docs/architecture.md.
 */
class PackagesTest {
    private static final String ROOT = "org.cdevgate.";

    private static final JavaClasses ALL =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("org.cdevgate");

    /** Packages that know nothing but the JDK, and what each of the others may know. */
    private static final List<Layer> LAYERS =
            List.of(
                    layer("abi"),
                    layer("internal"),
                    layer("gate.calls", "internal"),
                    layer("gate.accounting", "gate.calls"),
                    layer("gate.diagnostics", "internal"),
                    layer("gate.diagnostics.internal", "internal", "gate.diagnostics"),
                    layer("gate.removal", "abi", "internal", "gate.calls"),
                    layer("gate.sides", "abi"),
                    layer("gate.front", "abi", "gate.sides"));

    private record Layer(String name, List<String> below) {}

    private static Layer layer(String name, String... below) {
        return new Layer(name, List.of(below));
    }

    @Test
    void noTwoPackagesKnowEachOther() {
        slices().matching("org.cdevgate.(**)").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void whatIsBelowTheGateKnowsOnlyWhatIsBelowItself() {
        for (Layer layer : LAYERS) {
            List<String> allowed =
                    new ArrayList<>(
                            List.of(
                                    "java..",
                                    "jdk.jfr..",
                                    "org.jspecify.annotations..",
                                    "org.slf4j.."));
            allowed.add(ROOT + layer.name);
            for (String below : layer.below) {
                allowed.add(ROOT + below);
            }
            classes()
                    .that(resideInAPackage(ROOT + layer.name))
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(new String[0])))
                    .check(ALL);
        }
    }

    @Test
    void onlyTheGateKnowsHowCallsAreAccounted() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "gate", ROOT + "gate.accounting")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "gate.accounting")
                .check(ALL);
    }

    @Test
    void onlyTheGateKnowsTheSidesOfWhatAFrontExtends() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "gate", ROOT + "gate.front", ROOT + "gate.sides")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "gate.sides")
                .check(ALL);
    }

    /** Else a user could call what the type has, or could not name what he is given. */
    @Test
    void noSignatureForUsersHasATypeThatIsNotExported() throws IOException {
        Set<String> exported = exportedToAll();
        List<String> wrong = new ArrayList<>();
        for (JavaClass each : ALL) {
            if (exported.contains(each.getPackageName()) && isForUsers(each)) {
                for (JavaClass type : typesForUsers(each)) {
                    String of = type.getBaseComponentType().getPackageName();
                    if (of.startsWith("org.cdevgate") && !exported.contains(of)) {
                        wrong.add(each.getName() + " shows " + type.getName());
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static boolean isForUsers(JavaClass type) {
        boolean shown =
                type.getModifiers().contains(JavaModifier.PUBLIC)
                        || type.getModifiers().contains(JavaModifier.PROTECTED);
        return shown && type.getEnclosingClass().map(PackagesTest::isForUsers).orElse(true);
    }

    private static boolean isShown(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC)
                || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static Set<JavaClass> typesForUsers(JavaClass each) {
        List<JavaClass> types = new ArrayList<>(each.getRawInterfaces());
        each.getRawSuperclass().ifPresent(types::add);
        for (JavaField field : each.getFields()) {
            if (isShown(field.getModifiers())) {
                types.add(field.getRawType());
            }
        }
        for (JavaCodeUnit unit : each.getCodeUnits()) {
            if (isShown(unit.getModifiers())) {
                types.add(unit.getRawReturnType());
                types.addAll(unit.getRawParameterTypes());
            }
        }
        return types.stream().collect(Collectors.toSet());
    }

    private static Set<String> exportedToAll() throws IOException {
        try (InputStream in = Files.newInputStream(Path.of("target/classes/module-info.class"))) {
            return ModuleDescriptor.read(in).exports().stream()
                    .filter(export -> !export.isQualified())
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
