package org.cdevgate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;

/** Writes the completion for bash and zsh; the build runs it. */
public final class Completion {
    private Completion() {}

    /**
     * Writes it.
     *
     * @param args the file
     */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, AutoComplete.bash("cdev-gate", Main.commandLine()));
    }
}
