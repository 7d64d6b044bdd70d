package org.cdevgate.examples.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.cdevgate.examples.OwnJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlugCyclesIT {
    private static final String CYCLES = "300";

    @TempDir Path temp;

    @Test
    void threeHundredCyclesUnderProcessesLeaveNothingBehind()
            throws IOException, InterruptedException {
        OwnJvm.Ended run = OwnJvm.run(temp.resolve("output"), 120, PlugCycles.class, CYCLES);
        String said = run.output();
        assumeTrue(
                "true".equals(System.getenv("CI")) || !said.contains("gcc cannot be started"),
                "gcc is missing; this test needs it: apt-get install gcc libc6-dev");
        assertEquals(0, run.exit(), said);
        assertTrue(said.contains("cycles: " + CYCLES + " cycles, 0 violations, "), said);
    }
}
