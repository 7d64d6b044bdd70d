package org.cdevgate.fuse.harness;

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
        command.addAll(
                List.of(
                        "@" + System.getProperty("cdevgate.jvm.args"),
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
}
