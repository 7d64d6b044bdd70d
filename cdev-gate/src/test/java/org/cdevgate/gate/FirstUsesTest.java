package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What must not be used for the first time where there is no memory or stack. */
class FirstUsesTest {
    @Test
    void theTableOfEachSwitchIsMadeWithTheFirstGate() throws Exception {
        Path classes =
                Path.of(FopsGate.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Set<String> switching = new TreeSet<>();
        Path here = classes.resolve("org/cdevgate/gate");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(here, "*$1.class")) {
            for (Path each : files) {
                String name = each.getFileName().toString().replace("$1.class", "");
                Class<?> first =
                        Class.forName(
                                "org.cdevgate.gate." + name + "$1",
                                false,
                                FopsGate.class.getClassLoader());
                if (Arrays.stream(first.getDeclaredFields())
                        .anyMatch(field -> field.getName().startsWith("$SwitchMap$"))) {
                    switching.add(name);
                }
            }
        }
        assertEquals(
                switching,
                FirstUses.SWITCHING.stream()
                        .map(Class::getSimpleName)
                        .collect(Collectors.toCollection(TreeSet::new)),
                "a switch that is first used without memory is broken for good");
    }
}
