package org.cdevgate.fuse.harness;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** Compiles the C programs of the tests, each once. */
public final class CProgram {
    private static final Map<String, Path> COMPILED = new ConcurrentHashMap<>();

    private CProgram() {}

    /**
     * Compiles a program. Without a compiler the test is skipped, but fails where CI is set.
     *
     * @param source a resource beside this class
     */
    public static Path compile(String source) throws Exception {
        Path known = COMPILED.get(source);
        if (known != null) {
            return known;
        }
        boolean hasCompiler = Shell.run("command -v gcc").exit() == 0;
        if (!hasCompiler && System.getenv("CI") == null) {
            Assumptions.abort("no gcc to compile " + source + "; install gcc and libc6-dev");
        }
        if (!hasCompiler) {
            throw new AssertionError("no gcc to compile " + source + "; add gcc to .ci/run");
        }
        Path folder = Files.createTempDirectory("cdev-gate-c-");
        Path code = folder.resolve(source);
        Path program = folder.resolve(source.replace(".c", ""));
        try (InputStream resource = CProgram.class.getResourceAsStream(source)) {
            Files.copy(resource, code);
        }
        folder.toFile().deleteOnExit(); // in the reverse order: after what it contains
        program.toFile().deleteOnExit();
        Shell.run("gcc -Wall -O1 -o \"$2\" \"$1\"", code.toString(), program.toString()).expect(0);
        Shell.run("chmod 755 \"$1\"", folder.toString()).expect(0); // other users run it too
        Files.delete(code);
        COMPILED.put(source, program);
        return program;
    }
}
