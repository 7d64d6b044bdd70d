package org.cdevgate.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cdevgate.examples.OwnJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalDemoIT {
    @TempDir Path temp;

    @Test
    void theDemonstrationFindsNoDifferenceFromTheContractAndDrawsIt()
            throws IOException, InterruptedException {
        Path picture = temp.resolve("removal.svg");
        OwnJvm.Ended demo =
                OwnJvm.run(
                        temp.resolve("output"),
                        90,
                        RemovalDemo.class,
                        "--picture",
                        picture.toString());
        assertEquals(0, demo.exit(), demo.output());
        String drawn = Files.readString(picture);
        for (String each : List.of("read = ENODEV", "poll = POLLERR|POLLHUP", "teardown")) {
            assertTrue(drawn.contains(each), each + " is missing in " + drawn);
        }
    }
}
