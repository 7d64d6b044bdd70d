package org.cdevgate.gate.diagnostics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the first removal of a JVM has to wait for, with and without a recorder. */
class ColdStartTest {
    private static final String MACHINERY = " jdk.jfr.internal.MetadataRepository ";

    @Test
    void withoutARecorderItsMachineryIsNotLoaded() throws Exception {
        String output = outputOf();
        assertTrue(output.contains("wanted: [false, false, false]"), output);
        assertFalse(
                output.contains(MACHINERY), "the first removal takes half a second for nothing");
    }

    @Test
    void withARecorderTheEventsAreKnownBeforeTheFirstRemoval() throws Exception {
        String output = outputOf("with a recording");
        assertTrue(output.contains("wanted: [true, true, true]"), output);
        assertTrue(
                output.contains(
                        "known: "
                                + List.of(
                                        CallEvent.NAME,
                                        RemovalEvent.NAME,
                                        RemovalPhaseEvent.NAME,
                                        SlowDrainEvent.NAME)),
                "the first removal waits for the recorder");
        assertTrue(output.contains(MACHINERY), "the other test looks for the wrong class");
    }

    private static String outputOf(String... args) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xlog:class+load:stdout");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(ColdRemoval.class.getName());
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
