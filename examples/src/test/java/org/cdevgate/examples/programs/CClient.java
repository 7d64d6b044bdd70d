package org.cdevgate.examples.programs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Programs of ours, for devices that no package of Debian's has one for: C sources beside this
 * class, compiled once per JVM.
 */
final class CClient {
    private static final Map<String, Path> COMPILED = new HashMap<>(); // guarded by CClient.class

    private CClient() {}

    /**
     * The path of a program; fails the test if it cannot be compiled without a warning.
     *
     * @param name of the program, and of its source without the ".c"
     */
    static synchronized String compiled(String name) throws IOException, InterruptedException {
        Path program = COMPILED.get(name);
        if (program == null) {
            program = compile(name);
            COMPILED.put(name, program);
        }
        return program.toString();
    }

    private static Path compile(String name) throws IOException, InterruptedException {
        RealProgram.require("gcc", "gcc libc6-dev");
        Path folder = Files.createTempDirectory("cdev-gate-programs-");
        Path source = folder.resolve(name + ".c");
        Path program = folder.resolve(name);
        for (Path each : new Path[] {folder, source, program}) {
            each.toFile().deleteOnExit(); // in the opposite order
        }
        try (InputStream packed = CClient.class.getResourceAsStream(name + ".c")) {
            if (packed == null) {
                throw new AssertionError(name + ".c is not among the resources beside CClient");
            }
            Files.copy(packed, source);
        }
        RealProgram.Ended gcc =
                RealProgram.run(
                        "gcc",
                        "-std=gnu11",
                        "-O1",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-o",
                        program.toString(),
                        source.toString());
        if (gcc.exit() != 0) {
            throw new AssertionError(
                    "gcc cannot compile "
                            + name
                            + ".c; if a header is missing, apt-get install libc6-dev\n"
                            + gcc.errors());
        }
        return program;
    }
}
