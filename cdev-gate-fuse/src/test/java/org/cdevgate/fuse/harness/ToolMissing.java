package org.cdevgate.fuse.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.opentest4j.TestAbortedException;

/** A program that a test needs may be missing on a developer's machine, never in CI. */
public final class ToolMissing {
    private ToolMissing() {}

    /** Whether the shell would find a program. */
    static boolean isInstalled(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Arrays.stream(path.split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Skips the test if a program is missing; fails it if the environment says CI=true. */
    public static void require(String program, String packages) {
        if (!isInstalled(program)) {
            throw of(program, packages);
        }
    }

    /** What to throw: an error in CI, otherwise what makes JUnit skip the test. */
    static RuntimeException of(String program, String packages) {
        String message = program + " is missing; this test needs it: apt-get install " + packages;
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(message);
        }
        return new TestAbortedException(message);
    }
}
