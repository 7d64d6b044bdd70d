package org.cdevgate.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.drivers.GpioAdapter;
import org.cdevgate.drivers.GpioHardware;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * gpio_tool, a C program of ours, on {@link GpioAdapter}: what it finds, reads and waits for, and
 * an adapter pulled out. gpioinfo and gpiomon refuse a node, which is no character device.
 */
class GpioIT extends RealProgramBase {
    private static final String NODE = "gpiochip0";
    private static final String GONE = "gpio_tool: read: No such device\n";

    private static String tool;

    private final CharDevices devices = new CharDevices();
    private final Bus bus = new DeviceModel().bus("usb");
    private GpioHardware hardware;
    private Device device;
    private FopsGate gate;

    @BeforeAll
    static void compile() throws Exception {
        tool = CClient.compiled("gpio_tool");
    }

    @BeforeEach
    void plug() {
        bus.addDriver(new GpioAdapter(new MiscDevices(devices)));
        mount.follow(devices);
        plug("acme");
    }

    private void plug(String label) {
        hardware = new GpioHardware(label, 8);
        device = bus.newDevice(NODE).data(hardware).add();
        gate = devices.find(NODE).orElseThrow().gate();
    }

    /** The words of a command, its node by its name. */
    private String[] line(String command) {
        List<String> line = new ArrayList<>(List.of(command.split(" ", -1)));
        line.replaceAll(word -> word.equals(NODE) ? path(NODE) : word);
        line.set(0, tool);
        return line.toArray(String[]::new);
    }

    private RealProgram begin(String command) throws IOException {
        return start(line(command));
    }

    private String run(String command) throws Exception {
        return RealProgram.run(line(command)).expect(0);
    }

    /** Starts one that sleeps in poll and waits until it has asked the driver. */
    private RealProgram beginPoll(String command) throws IOException {
        long polls = gate.counters().calls(Verb.POLL);
        RealProgram program = begin(command);
        program.until("poll of " + command, () -> gate.counters().calls(Verb.POLL) > polls);
        return program;
    }

    private void toggle(int... lines) {
        for (int each : lines) {
            hardware.toggle(each);
        }
    }

    @Test
    void theChipAndItsLinesAreTold() throws Exception {
        begin("gpio_tool monitor gpiochip0 0x9 0");
        awaitAsleep(gate, Verb.READ, 1);
        assertEquals(
                """
                gpiochip0 [acme] (8 lines)
                 0: "line 0" input, used by a process
                 1: "line 1" input, unused
                 2: "line 2" input, unused
                 3: "line 3" input, used by a process
                 4: "line 4" input, unused
                 5: "line 5" input, unused
                 6: "line 6" input, unused
                 7: "line 7" input, unused
                """,
                run("gpio_tool info gpiochip0"));
        toggle(1, 2, 7, 2);
        assertEquals("0x82\n", run("gpio_tool get gpiochip0 0xf6"));
    }

    @Test
    void eventsOfRequestedLinesArriveInOrderWhicheverCallWaitsForThem() throws Exception {
        RealProgram reader = begin("gpio_tool monitor gpiochip0 0x6 5");
        awaitAsleep(gate, Verb.READ, 1);
        RealProgram poller = beginPoll("gpio_tool poll gpiochip0 0x18");
        RealProgram epoller = beginPoll("gpio_tool epoll gpiochip0 0x60");
        toggle(1, 0, 2, 1, 7, 1, 2); // 0 and 7 are nobody's
        assertEquals(
                """
                1: line 1 rises, its 1
                2: line 2 rises, its 1
                3: line 1 falls, its 2
                4: line 1 rises, its 3
                5: line 2 falls, its 2
                """,
                reader.await().expect(0));
        toggle(4, 3, 4, 6, 5, 6);
        String events =
                "1: line %1$d rises, its 1\n2: line %2$d rises, its 1\n3: line %1$d falls, its 2\n";
        poller.awaitOutput("3: ");
        assertEquals(events.formatted(4, 3), poller.output());
        epoller.awaitOutput("3: ");
        assertEquals(events.formatted(6, 5), epoller.output());
    }

    @Test
    void aLineIsBusyUntilTheProcessThatHasItIsGone() throws Exception {
        RealProgram owner = begin("gpio_tool monitor gpiochip0 0x3 0");
        awaitAsleep(gate, Verb.READ, 1);
        RealProgram.Ended refused = RealProgram.run(line("gpio_tool get gpiochip0 0x6"));
        refused.expect(1);
        assertEquals("gpio_tool: request of lines: Device or resource busy\n", refused.errors());
        RealProgram.Ended none = RealProgram.run(line("gpio_tool get gpiochip0 0x100"));
        none.expect(1);
        assertEquals("gpio_tool: request of lines: Invalid argument\n", none.errors());
        owner.close(); // SIGKILL, asleep in read
        until("release of the killed process' file", () -> mount.openFiles() == 0);
        assertEquals("0x0\n", run("gpio_tool get gpiochip0 0x6"));
    }

    /** What each program that sleeps at the removal has done before. */
    private static final Map<String, String> SLEEPERS = new LinkedHashMap<>();

    static {
        SLEEPERS.put(
                "gpio_tool monitor gpiochip0 0x1 0",
                "read an event, and slept in read for the next; two more did the same");
        SLEEPERS.put("gpio_tool poll gpiochip0 0x8", "slept in poll");
        SLEEPERS.put("gpio_tool epoll gpiochip0 0x10", "slept in epoll_wait");
    }

    /**
     * Three processes are asleep in read, one each in poll and epoll_wait, and one holds the node.
     * On Linux 6.1 the removal waits for the readers, whom nothing wakes but a signal, and until
     * then every call on the chip, also open and a poll that is not to wait, blocks and no signal
     * ends it; those in poll and epoll_wait are not woken. Here all are woken, and the removal
     * returns with all six descriptors open.
     */
    @Test
    void anAdapterThatIsPulledOutWakesAllAndTheRemovalReturns() throws Exception {
        RealProgram kept = begin("gpio_tool ask gpiochip0");
        kept.awaitOutput("opened\n");
        expectAnswers(
                kept, "poll: nothing\nchip info: acme\nread: Resource temporarily unavailable\n");
        List<RealProgram> others = new ArrayList<>();
        others.add(begin("gpio_tool monitor gpiochip0 0x2 0"));
        others.add(begin("gpio_tool monitor gpiochip0 0x4 0"));
        awaitAsleep(gate, Verb.READ, 2);
        Map<String, RealProgram> sleepers = new LinkedHashMap<>();
        for (String each : SLEEPERS.keySet()) {
            sleepers.put(each, each.contains("monitor") ? begin(each) : beginPoll(each));
            awaitAsleep(gate, Verb.READ, 3);
        }
        toggle(0, 1, 2);
        others.add(sleepers.get("gpio_tool monitor gpiochip0 0x1 0"));
        for (RealProgram reader : others) {
            reader.awaitOutput("1: line");
        }
        awaitAsleep(gate, Verb.READ, 3);

        within("Device.remove()", device::remove);

        assertEquals(List.of(), gate.callsInFlight(), "calls after the removal");
        assertFalse(hardware.isMapped(), "registers are mapped after the removal");
        toggle(0, 3, 4);
        assertEquals(0, hardware.lateReads(), "registers read after the removal");
        for (RealProgram reader : others) {
            RealProgram.Ended ended = reader.await();
            ended.expect(1);
            assertEquals(GONE, ended.errors(), ended.toString());
            assertEquals(1, ended.output().lines().count(), "events of " + ended);
        }
        for (Map.Entry<String, RealProgram> each : sleepers.entrySet()) {
            expectEnd(each.getKey(), each.getValue().await());
        }
        String dead = "poll: ERR HUP\nchip info: No such device\nread: No such device\n";
        expectAnswers(kept, dead);
        RealProgram.Ended absent = RealProgram.run(line("gpio_tool info gpiochip0"));
        absent.expect(1);
        assertEquals("gpio_tool: open: No such file or directory\n", absent.errors());

        plug("acme, again");
        RealProgram fresh = begin("gpio_tool monitor gpiochip0 0x1f 2");
        awaitAsleep(gate, Verb.READ, 1);
        toggle(0, 4);
        assertEquals("1: line 0 rises, its 1\n2: line 4 rises, its 1\n", fresh.await().expect(0));
        expectAnswers(kept, dead);
        device.remove();
        assertEquals(0, hardware.lateReads(), "registers read after the removal");
    }

    /** Lets the process that holds the node try each call. */
    private static void expectAnswers(RealProgram kept, String answers) throws IOException {
        int before = kept.output().length();
        kept.type("");
        kept.until(
                "answers to the process that holds the node",
                () -> kept.output().substring(before).matches("(?s).*read: .*\n"));
        assertEquals(answers, kept.output().substring(before));
    }

    private static void expectEnd(String command, RealProgram.Ended ended) throws Exception {
        ended.expect(1);
        assertEquals(GONE, ended.errors(), command);
        boolean polled = !command.contains("monitor");
        if (polled) {
            assertEquals("poll: ERR HUP\n", ended.output(), command);
        }
        ProgramTable.check(
                new ProgramTable.Row(
                        5,
                        command,
                        "ours, in C: Debian's gpioinfo and gpiomon refuse what is no character"
                                + " device (S_ISCHR)",
                        SLEEPERS.get(command),
                        (polled ? ended.output() : "") + ended.errors() + "exit " + ended.exit(),
                        "a reader asleep is not woken and the removal waits for it; until a signal"
                                + " ends that read every other call on the chip, open and a poll"
                                + " with timeout 0 too, blocks and no signal ends it; sleeping polls"
                                + " are not woken"));
    }
}
