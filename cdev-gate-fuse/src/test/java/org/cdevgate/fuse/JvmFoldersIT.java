package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Shell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A mount that would hide what its own JVM looks up is refused: that JVM would hang for ever. */
@Timeout(60)
class JvmFoldersIT {
    @TempDir Path folder;

    private Path made(String name) throws Exception {
        return Files.createDirectories(folder.toRealPath().resolve(name));
    }

    @Test
    void foldersOfTheJvmAreRefusedByName() throws Exception {
        Path working = made("working/dir");
        Path temporary = made("temporary/of/jvm");
        Path classes = made("classes/of/app");
        Path target = made("target");
        made("classes/of/linked");
        Files.createSymbolicLink(classes.resolve("link"), target);
        Path free = made("free");
        String classPath =
                String.join(
                        File.pathSeparator,
                        System.getProperty("java.class.path"),
                        classes.resolve("link/later.jar").toString()); // not there yet
        List<String> command =
                new ArrayList<>(
                        JavaCommand.of(
                                classPath,
                                JvmFolders.class,
                                ".",
                                "..",
                                temporary.toString(),
                                temporary.getParent().toString(),
                                classes.toString(),
                                target.toString(),
                                System.getProperty("java.home"),
                                "/proc",
                                free.toString()));
        command.add(1, "-Djava.io.tmpdir=" + temporary);
        List<String> line = new ArrayList<>(List.of(working.toString()));
        line.addAll(command);
        String output =
                Shell.run("cd \"$1\"; shift; \"$@\"", line.toArray(String[]::new)).expect(0);
        List<String> outcomes = output.lines().toList();
        String[] reasons = {
            "the working directory",
            "the working directory",
            "the temporary folder",
            "the temporary folder",
            "the class path",
            "the class path",
            "java.home",
            "the mount table",
        };
        for (int i = 0; i < reasons.length; i++) {
            String outcome = outcomes.get(i);
            assertTrue(
                    outcome.contains("failed: ") && outcome.contains(reasons[i]),
                    () -> "not refused by name: " + outcome);
        }
        assertEquals(free + " mounted on " + free, outcomes.get(reasons.length));
    }
}
