package org.cdevgate.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void theDriverInTheReadmeIsTheOneThatIsCompiled() throws IOException {
        String source =
                Files.readString(
                        ROOT.resolve("examples/src/main/java/org/cdevgate/examples/Mailbox.java"));
        String readme = Files.readString(ROOT.resolve("README.md"));
        assertTrue(
                readme.contains("```java\n" + source + "```"),
                "README.md shows another Mailbox than the one that compiles; copy it over");
    }
}
