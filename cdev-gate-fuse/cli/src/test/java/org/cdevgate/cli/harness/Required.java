package org.cdevgate.cli.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.opentest4j.TestAbortedException;

/** Programs that tests need: one may be missing on a developer's machine, never in CI. */
public final class Required {
    private Required() {}

    /** Skips the test if a program is missing; fails it if the environment says CI=true. */
    public static void program(String program, String packages) {
        String path = System.getenv("PATH") + ":/usr/sbin:/sbin";
        if (Arrays.stream(path.split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)))) {
            return;
        }
        String message = program + " is missing; this test needs it: apt-get install " + packages;
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(message);
        }
        throw new TestAbortedException(message);
    }
}
