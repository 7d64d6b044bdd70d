package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** C programs of the tests, whose sources stand beside this class and are compiled once per JVM. */
public final class CProgram {
    private static final Map<String, Path> COMPILED = new HashMap<>(); // guarded by itself

    private CProgram() {}

    /**
     * Compiles a program, unless that was done. Without a compiler the test is skipped, or fails
     * where CI=true.
     *
     * @param name of the program, and of its source without the ".c"
     * @param more sources and headers that belong to it, with their endings
     * @return the program, which every user may run
     */
    public static Path compiled(String name, String... more) throws IOException {
        ToolMissing.require("gcc", "gcc libc6-dev");
        synchronized (COMPILED) {
            Path program = COMPILED.get(name);
            if (program == null) {
                program = compile(name, more);
                COMPILED.put(name, program);
            }
            return program;
        }
    }

    private static Path compile(String name, String... more) throws IOException {
        Path folder = Files.createTempDirectory("cdev-gate-c-").toRealPath();
        folder.toFile().deleteOnExit(); // in the opposite order
        Path program = folder.resolve(name);
        program.toFile().deleteOnExit();
        List<String> arguments = new ArrayList<>(List.of(program.toString(), folder.toString()));
        arguments.add(extract(name + ".c", folder).toString());
        for (String source : more) {
            Path extracted = extract(source, folder);
            if (source.endsWith(".c")) {
                arguments.add(extracted.toString());
            }
        }
        try {
            Shell.run(
                            "program=$1 folder=$2 && shift 2"
                                    + " && gcc -std=gnu11 -O1 -Wall -Wextra -Werror -pthread"
                                    + " -o \"$program\" \"$@\""
                                    + " && chmod 755 \"$program\" \"$folder\"",
                            arguments.toArray(String[]::new))
                    .expect(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while compiling " + name, e);
        }
        return program;
    }

    private static Path extract(String name, Path folder) throws IOException {
        Path target = folder.resolve(name);
        target.toFile().deleteOnExit();
        try (InputStream source = CProgram.class.getResourceAsStream(name)) {
            if (source == null) {
                throw new AssertionError(name + " is not among the test resources");
            }
            Files.copy(source, target);
        }
        return target;
    }
}
