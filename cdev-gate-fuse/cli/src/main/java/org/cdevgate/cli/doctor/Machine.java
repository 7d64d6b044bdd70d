package org.cdevgate.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where checks look: the files of a machine, its programs, and who asks.
 *
 * @param root of its files
 * @param path where its programs are, below the root
 * @param uid of who asks; 0 for root
 * @param javaFeature the version of the JDK
 * @param javaFlags that this JVM was started with
 */
public record Machine(
        Path root, List<String> path, int uid, int javaFeature, List<String> javaFlags) {
    /** Copies the lists. */
    public Machine {
        path = List.copyOf(path);
        javaFlags = List.copyOf(javaFlags);
    }

    /** This one. */
    public static Machine own(List<String> javaFlags) throws IOException {
        return new Machine(
                Path.of("/"),
                List.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":")),
                (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid"),
                Runtime.version().feature(),
                javaFlags);
    }

    boolean isRoot() {
        return uid == 0;
    }

    /** A file of it. */
    Path file(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    /** What stands in a small file, without space around it; empty if it cannot be read. */
    Optional<String> text(String absolute) {
        try {
            return Optional.of(Files.readString(file(absolute)).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Where a program is. */
    Optional<String> program(String name) {
        return path.stream()
                .filter(each -> each.startsWith("/"))
                .map(each -> each + "/" + name)
                .filter(each -> Files.isExecutable(file(each)))
                .findFirst();
    }

    /** What an ordinary user puts before a command. */
    String asRoot(String command) {
        return isRoot() ? command : "sudo " + command;
    }
}
