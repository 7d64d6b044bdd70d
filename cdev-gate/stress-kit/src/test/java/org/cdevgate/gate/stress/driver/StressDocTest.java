package org.cdevgate.gate.stress.driver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StressDocTest {
    private static final Path ROOT = Path.of("../..");
    private static final Path SOURCES = ROOT.resolve("cdev-gate/stress-kit/src");
    private static final String PACKAGE = "java/org/cdevgate/gate/stress/driver";

    private static void assertShown(String code) throws IOException {
        String doc = Files.readString(ROOT.resolve("docs/stress.md"));
        assertTrue(
                doc.contains("```java\n" + code + "```"),
                () -> "docs/stress.md shows other code than this, which compiles:\n" + code);
    }

    @Test
    void theDriverInTheDocumentIsTheOneThatIsCompiled() throws IOException {
        assertShown(
                Files.readString(
                        SOURCES.resolve("test").resolve(PACKAGE + "/example/Keypad.java")));
    }

    @Test
    void theTestInTheDocumentIsTheOneThatRuns() throws IOException {
        String test =
                Files.readString(SOURCES.resolve("test").resolve(PACKAGE + "/KeypadTest.java"));
        String method = test.substring(test.indexOf("    @Test"), test.lastIndexOf('}'));
        assertShown(method.replaceAll("(?m)^ {4}", ""));
    }
}
