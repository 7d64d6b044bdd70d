package org.cdevgate.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that the scripts start tell how they are called, and name what they do not know. */
class CommandsTest {
    private static String said(Class<?> command, String argument, int status)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                command.getName(),
                                argument)
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(status, process.waitFor(), said);
        return said;
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                GateReport.class,
                JnrFuseServer.class,
                NullServer.class,
                RemovalUnderLoad.class,
                Report.class,
                Scale.class
            })
    void helpIsPrintedAndUnknownOptionsAreNamed(Class<?> command) throws Exception {
        String usage = "usage: " + command.getSimpleName() + " ";
        assertTrue(said(command, "--help", 0).startsWith(usage));
        String refused = said(command, "--hlep", 2);
        assertTrue(refused.contains("--hlep") && refused.contains(usage), refused);
    }
}
