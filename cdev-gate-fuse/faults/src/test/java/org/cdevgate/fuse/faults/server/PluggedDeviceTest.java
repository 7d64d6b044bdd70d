package org.cdevgate.fuse.faults.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the oracle says of a device that nothing is wrong with, and of one with a lost release. */
class PluggedDeviceTest {
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final Journal journal =
            new Journal(new PrintStream(told, true, StandardCharsets.UTF_8));

    private List<String> violations() {
        return told.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("! "))
                .toList();
    }

    private PluggedDevice device(boolean late, ServerSabotage sabotage) {
        return new PluggedDevice("disk0", 2, false, late, journal, sabotage);
    }

    /** Some files are closed before the removal, the others after it. */
    private static void live(PluggedDevice device, String form, int files) throws Exception {
        List<OpenFile> open = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            open.add(device.gate().front().open(0, Caller.local()));
        }
        ByteBuffer word = ByteBuffer.allocateDirect(StampedDriver.WORD);
        for (OpenFile file : open) {
            device.gate().front().read(file, word.clear(), 0, Caller.local());
        }
        for (OpenFile file : open.subList(0, files / 2)) {
            device.gate().front().close(file);
        }
        PluggedDevice.remove(List.of(device), form);
        for (OpenFile file : open.subList(files / 2, files)) {
            device.gate().front().close(file);
        }
        device.life().end();
    }

    @ParameterizedTest
    @CsvSource({
        "sync, false",
        "sync, true",
        "bounded, true",
        "async, false",
        "halves, true",
        "twice, false"
    })
    void aProperLifeIsNoViolation(String form, boolean late) throws Exception {
        live(device(late, ServerSabotage.NONE), form, 6);
        assertEquals(List.of(), violations());
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aLostReleaseIsFound(boolean late) throws Exception {
        live(device(late, ServerSabotage.LOST_RELEASE), "sync", 10);
        assertTrue(
                violations().stream().anyMatch(each -> each.contains("RELEASE_NOT_ONCE")),
                violations()::toString);
    }
}
