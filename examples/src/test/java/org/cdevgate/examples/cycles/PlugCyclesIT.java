package org.cdevgate.examples.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlugCyclesIT {
    private static final int CYCLES = 300;

    @TempDir Path temp;

    /** In a JVM of its own, whose threads, descriptors and heap are nobody else's. */
    @Test
    void threeHundredCyclesUnderProcessesLeaveNothingBehind()
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        for (String flag : System.getProperty("cdevgate.jvm.flags", "").split(" ", -1)) {
            if (!flag.isEmpty()) {
                command.add(flag);
            }
        }
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlugCycles.class.getName(),
                        Integer.toString(CYCLES)));
        File output = temp.resolve("output").toFile();
        Process run =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output)
                        .start();
        boolean ended = run.waitFor(120, TimeUnit.SECONDS);
        run.destroyForcibly();
        String said = Files.readString(output.toPath());
        assertTrue(ended, "the cycles hang; they said:\n" + said);
        assumeTrue(
                "true".equals(System.getenv("CI")) || !said.contains("gcc cannot be started"),
                "gcc is missing; this test needs it: apt-get install gcc libc6-dev");
        assertEquals(0, run.exitValue(), said);
        assertTrue(said.contains("cycles: " + CYCLES + " cycles, 0 violations, "), said);
    }
}
