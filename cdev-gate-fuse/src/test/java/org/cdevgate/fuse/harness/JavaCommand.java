package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How tests start a JVM of their own: small and quick. */
public final class JavaCommand {
    private JavaCommand() {}

    /** A main class on the class path of the tests. */
    public static List<String> of(Class<?> main, String... arguments) {
        return of(System.getProperty("java.class.path"), main, arguments);
    }

    /** A main class on a class path. */
    public static List<String> of(String classPath, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(
                List.of(
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        classPath,
                        main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * What every JVM of the project is started with, as words: a user who may not look into the
     * checkout cannot read the file.
     */
    public static List<String> flags() {
        Path file = Path.of(System.getProperty("cdevgate.jvm.args"));
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
