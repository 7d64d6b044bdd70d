package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** C programs of the tests, whose sources stand beside this class and are compiled once. */
public final class CProgram {
    private static final Map<String, Path> COMPILED = new ConcurrentHashMap<>();

    private CProgram() {}

    /**
     * Compiles a program, unless that was done.
     *
     * @param name of the source, without its ".c"
     * @return the program, which every user may run
     */
    public static Path compiled(String name) throws IOException, InterruptedException {
        synchronized (COMPILED) {
            Path program = COMPILED.get(name);
            if (program == null) {
                requireCompiler();
                program = compile(name);
                COMPILED.put(name, program);
            }
            return program;
        }
    }

    /** Without a compiler these tests show nothing; a build server must not pass like that. */
    private static void requireCompiler() throws IOException, InterruptedException {
        boolean there = Shell.run("command -v gcc").exit() == 0;
        String remedy = "gcc is missing; install gcc and libc6-dev";
        if (!there && "true".equals(System.getenv("CI"))) {
            throw new AssertionError(remedy + ". Its tests need it.");
        }
        Assumptions.assumeTrue(there, remedy);
    }

    private static Path compile(String name) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("cdev-gate-c-").toRealPath();
        Path source = folder.resolve(name + ".c");
        Path program = folder.resolve(name);
        folder.toFile().deleteOnExit(); // in the opposite order
        source.toFile().deleteOnExit();
        program.toFile().deleteOnExit();
        try (InputStream in = CProgram.class.getResourceAsStream(name + ".c")) {
            if (in == null) {
                throw new AssertionError(name + ".c is not among the test resources");
            }
            Files.copy(in, source);
        }
        Shell.run(
                        "gcc -std=gnu11 -O1 -Wall -Wextra -Werror -pthread -o \"$1\" \"$2\""
                                + " && chmod 755 \"$1\" \"$3\"",
                        program.toString(),
                        source.toString(),
                        folder.toString())
                .expect(0);
        return program;
    }
}
