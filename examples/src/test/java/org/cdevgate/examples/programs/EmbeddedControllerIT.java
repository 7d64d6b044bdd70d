package org.cdevgate.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.drivers.EcFirmware;
import org.cdevgate.drivers.EmbeddedController;
import org.cdevgate.fuse.DeviceMountBuilder;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A C program on {@link EmbeddedController}: commands with data of any size, events, and a
 * controller that is unbound while all sorts of calls are inside.
 */
class EmbeddedControllerIT extends RealProgramBase {
    private static final String NODE = "cros_ec";
    private static final String VERSION = "1.0.0\nacme_v2.1\nacme_v2.1\nread-write\n";
    private static final int KEYS = 0; // EC_MKBP_EVENT_KEY_MATRIX
    private static final int BUTTON = 3; // EC_MKBP_EVENT_BUTTON

    private static String program;

    private final EcFirmware firmware = new EcFirmware("acme_v2.1");
    private final CharDevices devices = new CharDevices();
    private Device device;

    @Override
    DeviceMountBuilder configure(DeviceMountBuilder builder) {
        return builder.callerMemory(true);
    }

    @BeforeAll
    static void compile() throws Exception {
        program = CClient.compiled("ec_client");
    }

    @BeforeEach
    void plug() {
        mount.follow(devices);
        Bus bus = new DeviceModel().bus("spi");
        bus.addDriver(new EmbeddedController(new MiscDevices(devices)));
        device = bus.newDevice(NODE).data(firmware).add();
    }

    @AfterEach
    void unplug() {
        if (device == null) {
            return; // the set-up has failed or was skipped, and says why
        }
        device.remove();
        assertEquals(0, firmware.lateUses(), "the controller was used after it was freed");
    }

    private FopsGate gate() {
        return devices.find(NODE).orElseThrow().gate();
    }

    private String[] line(String command) {
        List<String> line = new ArrayList<>(List.of(command.split(" ", -1)));
        line.set(line.indexOf(NODE), path(NODE));
        line.replaceAll(word -> word.equals("ec_client") ? program : word);
        return line.toArray(String[]::new);
    }

    private void expectOutput(String output, String command) throws Exception {
        assertEquals(output, RealProgram.run(line(command)).expect(0), command);
    }

    private void expectError(String error, int exit, String command) throws Exception {
        RealProgram.Ended ended = RealProgram.run(line(command));
        ended.expect(exit);
        assertEquals("ec_client: " + error + "\n", ended.errors(), command);
    }

    private RealProgram begin(String command) throws IOException {
        return start(line(command));
    }

    @Test
    void theVersionIsReadOnceByEachWhoOpens() throws Exception {
        expectOutput(VERSION, "ec_client version cros_ec");
        expectOutput(VERSION, "cat cros_ec");
        expectOutput("1.0.0", "head -c 5 cros_ec");
    }

    /** More than the 16,383 bytes that could travel with an ioctl, and none at all. */
    @Test
    void commandsCarryDataOfAnySize() throws Exception {
        expectOutput("4 bytes: 0xa1b2c3d5\n", "ec_client hello cros_ec 0xa0b0c0d1");
        for (String part : List.of("0 1", "4095 16384", "7 65000", "131072 0")) {
            String size = part.substring(part.indexOf(' ') + 1);
            expectOutput("0 bytes\n", "ec_client write cros_ec " + part);
            expectOutput(size + " bytes: the pattern\n", "ec_client read cros_ec " + part);
        }
        expectOutput("65536 bytes: erased\n", "ec_client read cros_ec 65536 65536");
        expectError("the controller says EC result 3", 2, "ec_client read cros_ec 131072 1");
        expectError("CROS_EC_DEV_IOCXCMD: Invalid argument", 1, "ec_client read cros_ec 0 65537");
        expectError("CROS_EC_DEV_IOCXCMD: Invalid argument", 1, "ec_client write cros_ec 0 65530");
    }

    @Test
    void eachWhoListensGetsTheEventsOfItsMask() throws Exception {
        RealProgram both = begin("ec_client listen cros_ec 0x9 3");
        RealProgram buttons = begin("ec_client listen cros_ec 0x8 2");
        RealProgram poller = begin("ec_client poll cros_ec 0x8 2");
        awaitAsleep(gate(), Verb.READ, 2);
        poller.awaitOutput("listening");
        firmware.happen(KEYS, 1, 0x80);
        firmware.happen(BUTTON, 2, 0, 0, 0);
        firmware.happen(BUTTON, 0, 0, 0, 0);
        String pressed = "event 3: 02 00 00 00\n";
        String released = "event 3: 00 00 00 00\n";
        assertEquals("listening\nevent 0: 01 80\n" + pressed + released, both.await().expect(0));
        assertEquals("listening\n" + pressed + released, buttons.await().expect(0));
        assertEquals(
                "listening\npoll: POLLIN\n" + pressed + "poll: POLLIN\n" + released,
                poller.await().expect(0));
    }

    @Test
    void commandsWaitForOneThatTakesLong() throws Exception {
        expectOutput("0 bytes\n", "ec_client write cros_ec 0 64");
        RealProgram killed = begin("ec_client erase cros_ec 0 32");
        awaitAsleepOn("ec answer", 1);
        RealProgram other = begin("ec_client read cros_ec 0 64");
        awaitAsleepOn("ec free", 1);
        killed.close();
        awaitAsleepOn("ec answer", 0);
        RealProgram erase = begin("ec_client erase cros_ec 48 16");
        awaitAsleepOn("ec free", 2); // the controller is still at work on the first
        assertTrue(other.isAlive(), "an answer while another command is under way");
        firmware.finishErase();
        awaitAsleepOn("ec answer", 1);
        firmware.finishErase();
        erase.await().expect(0);
        String seen = other.await().expect(0);
        assertFalse(seen.contains("64 bytes: the pattern"), "read before the erase: " + seen);
        expectOutput("32 bytes: erased\n", "ec_client read cros_ec 0 32");
        expectOutput("16 bytes: erased\n", "ec_client read cros_ec 48 16");
        expectOutput("16 bytes: the pattern\n", "ec_client read cros_ec 32 16");
    }

    private void awaitAsleepOn(String queue, int count) {
        until(
                count + " asleep on \"" + queue + "\"",
                () ->
                        gate().callsInFlight().stream()
                                        .filter(call -> call.waitingOn() != null)
                                        .filter(call -> call.waitingOn().equals(queue))
                                        .count()
                                == count);
    }

    /** Whether it sleeps in a system call. A poll that sleeps is no call in flight. */
    private static boolean isAsleep(RealProgram program) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + program.pid() + "/stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2) == 'S';
    }

    /** What a program does at the removal. */
    private record Scene(String program, String did, String said) {}

    private static final List<Scene> SCENES =
            List.of(
                    new Scene(
                            "ec_client listen cros_ec 0x8 2",
                            "got an event and slept in read for the next",
                            "ec_client: read: No such device"),
                    new Scene(
                            "ec_client listen cros_ec 0x1 1",
                            "slept in read for events of another kind",
                            "ec_client: read: No such device"),
                    new Scene(
                            "ec_client poll cros_ec 0x8 2",
                            "got an event and slept in poll for the next",
                            "poll: POLLERR POLLHUP\nec_client: read: No such device"),
                    new Scene(
                            "ec_client erase cros_ec 0 65536",
                            "was in a command that the controller takes long for",
                            "ec_client: CROS_EC_DEV_IOCXCMD: No such device"),
                    new Scene(
                            "ec_client hello cros_ec 1",
                            "waited for the controller to be free",
                            "ec_client: CROS_EC_DEV_IOCXCMD: No such device"));

    /**
     * In the kernel misc_deregister() returns at once, wakes nobody, and what the calls inside and
     * every old descriptor use is freed behind it. Here the unbinding ends them all with ENODEV,
     * the command that the controller is still at work on included, and only then releases the
     * port.
     */
    @Test
    void aControllerThatIsUnboundEndsReadersPollersAndCommands() throws Exception {
        KeptDescriptor kept = keep("<", NODE);
        List<RealProgram> programs = new ArrayList<>();
        for (Scene scene : SCENES.subList(0, 3)) {
            RealProgram listener = begin(scene.program());
            listener.awaitOutput("listening");
            programs.add(listener);
        }
        firmware.happen(BUTTON, 2);
        programs.get(0).awaitOutput("event 3");
        programs.get(2).awaitOutput("event 3");
        awaitAsleep(gate(), Verb.READ, 2);
        until("the third asleep in poll", () -> isAsleep(programs.get(2)));
        programs.add(begin(SCENES.get(3).program()));
        awaitAsleepOn("ec answer", 1);
        programs.add(begin(SCENES.get(4).program()));
        awaitAsleepOn("ec free", 1);
        FopsGate gate = gate();

        within("unbind", () -> assertTrue(device.unbind()));
        assertTrue(gate.isRemoved());
        assertEquals(List.of(), gate.callsInFlight(), "calls after unbind()");

        for (int i = 0; i < SCENES.size(); i++) {
            expectEnd(SCENES.get(i), programs.get(i).await());
        }
        kept.expectReadFails("No such device");
        expectError("open: No such file or directory", 1, "ec_client hello cros_ec 1");
        firmware.happen(BUTTON, 0); // nobody is there to hear of it

        assertTrue(device.attach(), "bound again, as by a write to sysfs' bind");
        kept.expectReadFails("No such device");
        RealProgram hello = begin("ec_client hello cros_ec 1");
        awaitAsleepOn("ec free", 1); // the controller knows nothing of the unbinding
        firmware.finishErase();
        assertEquals("4 bytes: 0x01020305\n", hello.await().expect(0));
        expectOutput(VERSION, "cat cros_ec");
        RealProgram listener = begin("ec_client listen cros_ec 0x8 1");
        awaitAsleep(gate(), Verb.READ, 1);
        firmware.happen(BUTTON, 4);
        assertEquals("listening\nevent 3: 04\n", listener.await().expect(0));
        kept.expectReadFails("No such device");
    }

    private static void expectEnd(Scene scene, RealProgram.Ended ended) throws Exception {
        ended.expect(1);
        List<String> printed = ended.output().lines().toList();
        String last = printed.isEmpty() ? "" : printed.get(printed.size() - 1);
        String said = (last.startsWith("poll: ") ? last + "\n" : "") + ended.errors().strip();
        assertEquals(scene.said(), said, scene.program());
        ProgramTable.check(
                new ProgramTable.Row(
                        4,
                        scene.program(),
                        "a C client of ours",
                        scene.did(),
                        said + "\nexit 1",
                        "not measured; by its source nobody is woken, and calls inside and old"
                                + " descriptors use a controller that has been freed"));
    }
}
