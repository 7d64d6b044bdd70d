package org.cdevgate.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalDemoIT {
    @TempDir Path temp;

    @Test
    void theDemonstrationFindsNoDifferenceFromTheContract()
            throws IOException, InterruptedException {
        String flags = System.getProperty("cdevgate.jvm.flags", "");
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        for (String flag : flags.split(" ", -1)) {
            if (!flag.isEmpty()) {
                command.add(flag);
            }
        }
        command.addAll(
                List.of(
                        "-Dcdevgate.jvm.flags=" + flags,
                        "-cp",
                        System.getProperty("java.class.path"),
                        RemovalDemo.class.getName()));
        File output = temp.resolve("output").toFile();
        Process demo =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output)
                        .start();
        boolean ended = demo.waitFor(90, TimeUnit.SECONDS);
        demo.destroyForcibly();
        String said = Files.readString(output.toPath());
        assertTrue(ended, "the demonstration hangs; it said:\n" + said);
        assertEquals(0, demo.exitValue(), said);
    }
}
