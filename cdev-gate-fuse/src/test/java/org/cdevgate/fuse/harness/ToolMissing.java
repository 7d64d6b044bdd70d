package org.cdevgate.fuse.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.opentest4j.TestAbortedException;

/** What a test needs, mostly a program, may be missing on a developer's machine, never in CI. */
public final class ToolMissing {
    private ToolMissing() {}

    /** Whether the shell would find a program. */
    private static boolean isInstalled(String program) {
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

    /** The same for something that is no program; the message names it and the remedy. */
    public static void require(boolean there, String message) {
        if (!there) {
            throw of(message);
        }
    }

    /** What to throw: an error in CI, otherwise what makes JUnit skip the test. */
    static RuntimeException of(String program, String packages) {
        return of(program + " is missing; this test needs it: apt-get install " + packages);
    }

    private static RuntimeException of(String message) {
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(message);
        }
        return new TestAbortedException(message);
    }
}
