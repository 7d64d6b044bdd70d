package org.cdevgate.cli.explore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The programs of the tests, whose sources stand beside this class. */
final class Programs {
    /** Of the machine, not a shell script in its place that takes longer than the program. */
    private static final String PYTHON =
            Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";

    private final Path folder;

    /**
     * @param folder every user may enter
     */
    Programs(Path folder) {
        this.folder = folder;
    }

    /** A command that runs one; the path of its device is to follow. */
    List<String> command(String source) throws IOException, InterruptedException {
        Path file = extracted(source);
        if (source.endsWith(".py")) {
            return List.of(PYTHON, file.toString());
        }
        Path program = folder.resolve(source.substring(0, source.length() - ".c".length()));
        if (!Files.exists(program)) {
            compile(file, program);
        }
        return List.of(program.toString());
    }

    private Path extracted(String source) throws IOException {
        Path file = folder.resolve(source);
        if (!Files.exists(file)) {
            try (InputStream in = Programs.class.getResourceAsStream(source)) {
                if (in == null) {
                    throw new AssertionError(source + " is not among the test resources");
                }
                Files.copy(in, file);
            }
        }
        return file;
    }

    private static void compile(Path file, Path program) throws IOException, InterruptedException {
        Process gcc =
                new ProcessBuilder(
                                "gcc",
                                "-static",
                                "-std=gnu11",
                                "-O1",
                                "-Wall",
                                "-Wextra",
                                "-Werror",
                                "-o",
                                program.toString(),
                                file.toString())
                        .inheritIO()
                        .start();
        if (gcc.waitFor() != 0) {
            throw new AssertionError(file + " was not compiled");
        }
    }
}
