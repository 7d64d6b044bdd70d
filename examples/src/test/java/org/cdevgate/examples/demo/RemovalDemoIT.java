package org.cdevgate.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.cdevgate.examples.OwnJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalDemoIT {
    @TempDir Path temp;

    @Test
    void theDemonstrationFindsNoDifferenceFromTheContract()
            throws IOException, InterruptedException {
        OwnJvm.Ended demo = OwnJvm.run(temp.resolve("output"), 90, RemovalDemo.class);
        assertEquals(0, demo.exit(), demo.output());
    }
}
