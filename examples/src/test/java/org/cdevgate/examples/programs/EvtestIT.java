package org.cdevgate.examples.programs;

import static org.cdevgate.drivers.InputDevice.EV_KEY;
import static org.cdevgate.drivers.InputDevice.EV_REL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.cdevgate.drivers.InputDevice;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * evtest on {@link InputDevice}. An input device is one of those that a real kernel removes well:
 * readers get ENODEV, and pollers return, as here.
 */
class EvtestIT extends RealProgramBase {
    private static final String NAME = "input/event0";
    private static final int EV_ABS = InputDevice.EV_ABS;
    private static final int KEY_A = 30;
    private static final int BTN_SOUTH = 0x130;
    private static final int REL_WHEEL = 8;
    private static final int ABS_X = 0;

    private static final String SYN_REPORT = "-------------- SYN_REPORT ------------\n";
    private static final String SYN_DROPPED = ">>>>>>>>>>>>>> SYN_DROPPED <<<<<<<<<<<<\n";
    private static final int PRESSES = 40;
    private static final int PRESSED = 10; // exit status of evtest --query
    private static final String CAPABILITIES =
            """
            Input driver version is 1.0.1
            Input device ID: bus 0x3 vendor 0x1234 product 0x5678 version 0x111
            Input device name: "Acme Gamepad"
            Supported events:
              Event type 0 (EV_SYN)
              Event type 1 (EV_KEY)
                Event code 30 (KEY_A)
                Event code 304 (BTN_SOUTH)
              Event type 2 (EV_REL)
                Event code 8 (REL_WHEEL)
              Event type 3 (EV_ABS)
                Event code 0 (ABS_X)
                  Value      0
                  Min     -128
                  Max      127
            Properties:
            Testing ... (interrupt to exit)
            """;

    private InputDevice device;
    private FopsGate gate;

    @BeforeAll
    static void install() throws Exception {
        RealProgram.require("evtest", "evtest");
    }

    @BeforeEach
    void plug() throws IOException {
        device =
                new InputDevice("Acme Gamepad", 3, 0x1234, 0x5678, 0x0111)
                        .with(EV_KEY, KEY_A, BTN_SOUTH)
                        .with(EV_REL, REL_WHEEL)
                        .withAxis(ABS_X, -128, 127);
        gate = mount.register(NAME, device);
    }

    /** Starts evtest and waits until it sleeps in select(2). */
    private RealProgram evtest() throws IOException {
        long polls = gate.counters().calls(Verb.POLL);
        RealProgram evtest = start("evtest", path(NAME));
        evtest.until("poll of evtest", () -> gate.counters().calls(Verb.POLL) > polls);
        return evtest;
    }

    private void press(int key) {
        device.report(EV_KEY, key, 1);
        device.sync();
        device.report(EV_KEY, key, 0);
        device.sync();
    }

    /** What evtest prints of an event, after the time. */
    private static String line(int type, String typeName, int code, String codeName, int value) {
        return "type %d (%s), code %d (%s), value %d\n"
                .formatted(type, typeName, code, codeName, value);
    }

    private static String keyA(int value) {
        return line(EV_KEY, "EV_KEY", KEY_A, "KEY_A", value);
    }

    /** The events that evtest has printed, without their times. */
    private static List<String> events(RealProgram evtest) throws IOException {
        return evtest.output()
                .lines()
                .filter(line -> line.startsWith("Event: time "))
                .map(line -> line.replaceFirst("^Event: time \\d+\\.\\d{6}, ", "") + "\n")
                .toList();
    }

    @Test
    void evtestTellsWhatTheDeviceIsAndWhatHappensToIt() throws Exception {
        RealProgram evtest = evtest();
        press(KEY_A);
        device.report(EV_ABS, ABS_X, 17);
        device.report(EV_REL, REL_WHEEL, -1);
        device.sync();
        device.report(EV_ABS, ABS_X, 17);
        device.sync(); // nothing has changed, so there is nothing to tell
        press(BTN_SOUTH);
        evtest.until("11 events", () -> events(evtest).size() >= 11);
        assertEquals(
                List.of(
                        keyA(1),
                        SYN_REPORT,
                        keyA(0),
                        SYN_REPORT,
                        line(EV_ABS, "EV_ABS", ABS_X, "ABS_X", 17),
                        line(EV_REL, "EV_REL", REL_WHEEL, "REL_WHEEL", -1),
                        SYN_REPORT,
                        line(EV_KEY, "EV_KEY", BTN_SOUTH, "BTN_SOUTH", 1),
                        SYN_REPORT,
                        line(EV_KEY, "EV_KEY", BTN_SOUTH, "BTN_SOUTH", 0),
                        SYN_REPORT),
                events(evtest));
        String said = evtest.output();
        assertTrue(said.startsWith(CAPABILITIES), said);
        assertTrue(
                said.contains("This device is grabbed by another process."),
                "EVIOCGRAB reaches the driver now, so it could be served: " + said);
    }

    @Test
    void evtestAsksForTheStateOfAKey() throws Exception {
        device.report(EV_KEY, KEY_A, 1);
        RealProgram.run("evtest", "--query", path(NAME), "EV_KEY", "KEY_A").expect(PRESSED);
        RealProgram.run("evtest", "--query", path(NAME), "EV_KEY", "BTN_SOUTH").expect(0);
    }

    @Test
    void aReaderThatIsTooSlowLosesItsEventsAndIsToldWhileOthersGetAll() throws Exception {
        RealProgram slow = evtest();
        RealProgram fast = evtest();
        signal(slow, "STOP");
        slow.until("stopped", () -> state(slow).equals("T"));
        for (int i = 1; i <= PRESSES; i++) {
            press(KEY_A);
            int printed = 4 * i;
            fast.until(printed + " events", () -> events(fast).size() == printed);
        }
        signal(slow, "CONT");
        List<String> press = List.of(keyA(1), SYN_REPORT, keyA(0), SYN_REPORT);
        slow.until("last press", () -> events(slow).size() > 1 && endsWith(events(slow), press));
        assertEquals(
                Collections.nCopies(PRESSES, press).stream().flatMap(List::stream).toList(),
                events(fast));
        // 127 events fit: 31 presses and three events of the next. With its last one all go.
        assertEquals(
                List.of(SYN_DROPPED, SYN_REPORT),
                events(slow).subList(0, 2),
                "what a process sees first that slept through " + 4 * PRESSES + " events");
        assertEquals(2 + 4 * (PRESSES - 32), events(slow).size(), events(slow).toString());
    }

    @Test
    void evtestEndsWhenTheDeviceIsUnpluggedAndSeesTheKeyThatWasHeldReleased() throws Exception {
        KeptDescriptor kept = keep("<", NAME);
        RealProgram evtest = evtest();
        RealProgram reader = start("dd", "if=" + path(NAME), "of=/dev/null", "bs=24");
        awaitAsleep(gate, Verb.READ, 1);
        device.report(EV_KEY, KEY_A, 1);
        device.sync();
        evtest.until("the key", () -> events(evtest).equals(List.of(keyA(1), SYN_REPORT)));
        device.releaseKeys();
        evtest.until("the key's end", () -> events(evtest).size() == 4);
        awaitAsleep(gate, Verb.READ, 1);
        remove(gate);

        RealProgram.Ended ended = evtest.await();
        assertEquals(List.of(keyA(1), SYN_REPORT, keyA(0), SYN_REPORT), events(evtest));
        ended.expect(1);
        assertEquals("\nevtest: error reading: No such device\n", ended.errors());
        RealProgram.Ended read = reader.await();
        read.expect(1);
        assertTrue(read.errors().contains("No such device"), read.toString());
        assertTrue(read.errors().contains("4+0 records in"), read.toString());
        RealProgram.Ended late = RealProgram.run("evtest", path(NAME));
        late.expect(1);
        assertTrue(late.errors().contains("No such file or directory"), late.toString());
        ProgramTable.check(
                new ProgramTable.Row(
                        1,
                        "evtest input/event0",
                        "evtest " + RealProgram.version("evtest"),
                        "printed what the device has, and events of keys and axes; a reader that"
                                + " was too slow got `SYN_DROPPED`; it takes the `EFAULT` of"
                                + " `EVIOCGRAB` (fuse.md) for a grab by others",
                        ended.errors().strip() + "; exit " + ended.exit(),
                        "the same: reads get `ENODEV`, polls `ERR|HUP`, a held key is released"
                                + " first"));

        plug();
        RealProgram again = evtest();
        press(KEY_A);
        again.until("events of the new device", () -> events(again).size() == 4);
        kept.expectReadFails("No such device");
        kept.expectReadFails("No such device");
    }

    private static boolean endsWith(List<String> list, List<String> end) {
        return list.size() >= end.size()
                && list.subList(list.size() - end.size(), list.size()).equals(end);
    }

    private static void signal(RealProgram program, String name) throws Exception {
        RealProgram.runScript("kill -$1 $2", name, Long.toString(program.pid())).expect(0);
    }

    /** The letter of proc(5): R, S, T for one that is stopped. */
    private static String state(RealProgram program) throws IOException {
        String stat =
                Files.readString(
                        Path.of("/proc/" + program.pid() + "/stat"), StandardCharsets.UTF_8);
        return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
    }
}
