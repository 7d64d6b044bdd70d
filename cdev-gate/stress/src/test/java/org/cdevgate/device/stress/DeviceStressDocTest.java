package org.cdevgate.device.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cdevgate.device.stress.twins.DeviceTwins;
import org.junit.jupiter.api.Test;

class DeviceStressDocTest {
    private static final Path ROOT = Path.of("../..");
    private static final Path SOURCES =
            ROOT.resolve("cdev-gate/stress/src/main/java/org/cdevgate/device/stress");

    /** The names of the classes in a folder whose source has a text. */
    private static List<String> classesWith(String text, Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.filter(file -> file.toString().endsWith(".java")).toList()) {
                if (Files.readString(each).contains(text)) {
                    names.add(each.getFileName().toString().replace(".java", ""));
                }
            }
        }
        assertFalse(names.isEmpty(), "no class in " + folder + " has " + text);
        return names;
    }

    private static void assertTold(String text, String of) throws IOException {
        String doc = Files.readString(ROOT.resolve("docs/stress.md"));
        assertTrue(doc.contains(text), () -> "docs/stress.md does not tell of " + of);
    }

    @Test
    void eachStressTestIsInTheDocumentAndTellsHowToRunItAlone() throws IOException {
        for (String name : classesWith("\n@JCStressTest", SOURCES)) {
            assertTold("**" + name + "**", "the test " + name);
            assertTrue(
                    Files.readString(SOURCES.resolve(name + ".java"))
                            .contains("bash cdev-gate/stress/run.sh -t " + name + "\n"),
                    name + " does not tell how it is run alone");
        }
    }

    @Test
    void eachBrokenTwinIsPlayedAndInTheDocument() throws IOException {
        List<String> broken = classesWith("<b>Broken</b>", SOURCES.resolve("twins"));
        for (String name : broken) {
            assertTold("(`" + name + "`)", "the broken twin " + name);
        }
        assertEquals(
                broken.size(),
                DeviceTwins.all().size(),
                "a broken twin that is not played, or one played without a class of its own");
    }
}
