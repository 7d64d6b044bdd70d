package org.cdevgate.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cdevgate.drivers.I2cAdapter;
import org.cdevgate.drivers.I2cBus;
import org.cdevgate.fuse.DeviceMountBuilder;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * i2c-tools on {@link I2cAdapter}: what they find, set and read back, and an adapter pulled out.
 * Not i2cdetect -l and the names of busses in place of numbers, which come from /sys/class/i2c-dev.
 */
class I2cToolsIT extends RealProgramBase {
    private static final String NODE = "i2c-5";
    private static final Path MACHINES_NODE = Path.of("/dev", NODE);

    /**
     * The tools open /dev/i2c-N and nothing else. Each runs in a mount namespace of its own, in
     * which /dev is an empty folder in memory with a link to the node: the machine's own is not
     * touched, and what is mounted goes with the process. The folder is mounted there, not the
     * node, whose opens would share one inode. An ordinary user may do so as the root of a user
     * namespace.
     */
    private static final String IN_A_DEV_OF_ITS_OWN =
            "mount -t tmpfs dev /dev && mkdir /dev/gate && mount --bind \"$1\" /dev/gate"
                    + " && ln -s gate/i2c-5 /dev/i2c-5 && shift && PATH=$PATH:/usr/sbin:/sbin && exec \"$@\"";

    /** Of a chip that holds the clock until its interrupt; the whole bus waits. */
    private static final String MEASURE = "i2cget -y 5 0x40 0xe5 w";

    private final boolean machineHasNode = Files.exists(MACHINES_NODE);
    private I2cBus.Hygrometer hygrometer;
    private FopsGate gate;

    @Override
    DeviceMountBuilder configure(DeviceMountBuilder builder) {
        return builder.callerMemory(true);
    }

    @BeforeAll
    static void findPrograms() throws Exception {
        RealProgram.require("i2cdetect", "i2c-tools");
        RealProgram.require("unshare", "util-linux");
    }

    /** Chips at 0x40, 0x48 and 0x50, and one at 0x68 that a driver has. */
    @BeforeEach
    void plug() throws IOException {
        hygrometer = new I2cBus.Hygrometer();
        I2cBus bus =
                new I2cBus()
                        .attach(0x40, hygrometer)
                        .attach(0x48, new I2cBus.Thermometer())
                        .attach(0x50, new I2cBus.Eeprom())
                        .attach(0x68, new I2cBus.Eeprom());
        gate = mount.register(NODE, new I2cAdapter(bus, 0x68));
    }

    @AfterEach
    void nothingIsLeftInTheMachinesDev() {
        assertEquals(machineHasNode, Files.exists(MACHINES_NODE), MACHINES_NODE + " exists");
    }

    /** A command whose words have no spaces in them. */
    private String[] inside(String command) {
        List<String> line = new ArrayList<>(List.of("unshare", "--mount", "--map-root-user"));
        if (System.getProperty("user.name").equals("root")) {
            line.remove("--map-root-user"); // which not every machine allows
        }
        line.addAll(List.of("sh", "-c", IN_A_DEV_OF_ITS_OWN, "sh", path("")));
        line.addAll(List.of(command.split(" ", -1)));
        return line.toArray(String[]::new);
    }

    private RealProgram.Ended run(String command) throws Exception {
        return RealProgram.run(inside(command));
    }

    private RealProgram begin(String command) throws IOException {
        return start(inside(command));
    }

    private void expectOutput(String output, String command) throws Exception {
        assertEquals(output, run(command).expect(0).strip(), command);
    }

    private void expectError(String error, int exit, String command) throws Exception {
        RealProgram.Ended ended = run(command);
        ended.expect(exit);
        assertEquals(error, ended.errors().strip(), command);
    }

    /** The cells of what i2cdetect or i2cdump prints, by their address. */
    private static Map<Integer, String> table(String printed) {
        Map<Integer, String> cells = new TreeMap<>();
        Matcher row = Pattern.compile("(?m)^([0-9a-f]{2}):(.{1,48})").matcher(printed);
        while (row.find()) {
            for (int at = 0; at + 3 <= row.group(2).length(); at += 3) {
                String cell = row.group(2).substring(at, at + 3).strip();
                if (!cell.isEmpty()) {
                    cells.put(Integer.parseInt(row.group(1), 16) + at / 3, cell);
                }
            }
        }
        return cells;
    }

    @Test
    void theChipsAreDetectedAndNothingElse() throws Exception {
        for (String way : List.of("", "-r ", "-q ")) { // as it sees fit, by reads, by quick writes
            Map<Integer, String> found = table(run("i2cdetect -y " + way + "5").expect(0));
            assertEquals(0x70, found.size(), "addresses from 0x08 to 0x77");
            found.values().removeIf("--"::equals);
            assertEquals(Map.of(0x40, "40", 0x48, "48", 0x50, "50", 0x68, "UU"), found, way);
        }
    }

    @Test
    void theFunctionsAreThoseThatTheAdapterHas() throws Exception {
        String functions = run("i2cdetect -F 5").expect(0);
        List<String> missing =
                functions
                        .lines()
                        .filter(line -> line.endsWith(" no"))
                        .map(line -> line.substring(0, line.length() - 2).strip())
                        .toList();
        assertEquals(List.of("SMBus Block Read", "SMBus Block Process Call", "SMBus PEC"), missing);
        assertEquals(12, functions.lines().filter(line -> line.endsWith(" yes")).count());
        expectError(
                "Error: Adapter does not have SMBus block read capability",
                1,
                "i2cget -y 5 0x50 0 s");
    }

    @Test
    void whatIsSetIsReadBackByEachOfTheTools() throws Exception {
        expectOutput("", "i2cset -y 5 0x50 0x10 0xa5");
        expectOutput("", "i2cset -y 5 0x50 0x20 0xbeef w");
        expectOutput("", "i2cset -y 5 0x50 0x30 1 2 3 4 i");
        expectOutput("", "i2ctransfer -y 5 w3@0x50 0x40 0xaa 0x55");
        expectOutput("Value 0x0050 written, readback matched", "i2cset -y -r 5 0x48 3 0x0050 w");

        expectOutput("0xa5", "i2cget -y 5 0x50 0x10");
        expectOutput("0xbeef", "i2cget -y 5 0x50 0x20 w");
        expectOutput("0x01 0x02 0x03 0x04", "i2cget -y 5 0x50 0x30 i 4");
        expectOutput("0xa5", "i2cget -y 5 0x50 0x10 c"); // the pointer is written, then read from
        expectOutput("0x00", "i2cget -y 5 0x50"); // the cell after it
        expectOutput("0x0019", "i2cget -y 5 0x48 0 w"); // 25 degrees, high byte first
        expectOutput("0xaa 0x55", "i2ctransfer -y 5 w1@0x50 0x40 r2");

        Map<Integer, String> set = new TreeMap<>();
        set.putAll(Map.of(0x10, "a5", 0x20, "ef", 0x21, "be", 0x40, "aa", 0x41, "55"));
        set.putAll(Map.of(0x30, "01", 0x31, "02", 0x32, "03", 0x33, "04"));
        for (String mode : List.of("b", "c", "i", "W")) {
            Map<Integer, String> dumped = table(run("i2cdump -y 5 0x50 " + mode).expect(0));
            assertEquals(256, dumped.size(), mode);
            dumped.values().removeIf("00"::equals);
            assertEquals(set, dumped, mode);
        }
    }

    @Test
    void whoAsksForNobodyOrForTheDriversChipIsToldSo() throws Exception {
        expectError("Error: Read failed", 2, "i2cget -y 5 0x51 0");
        expectError("Error: Write failed", 1, "i2cset -y 5 0x51 0 1");
        expectError(
                "Error: Sending messages failed: No such device or address",
                1,
                "i2ctransfer -y 5 r1@0x51");
        String busy = "Error: Could not set address to 0x68: Device or resource busy";
        expectError(busy, 1, "i2cget -y 5 0x68 0");
        expectError(busy, 1, "i2cset -y 5 0x68 0 7");
        expectOutput("", "i2cset -y -f 5 0x68 0 7");
        expectOutput("0x07", "i2cget -y -f 5 0x68 0");
    }

    @Test
    void aTransferWaitsForItsChipAndOthersForTheBus() throws Exception {
        RealProgram killed = begin(MEASURE);
        awaitAsleepOn("measurement", 1);
        RealProgram measure = begin(MEASURE);
        awaitAsleepOn("bus free", 1);
        killed.close();
        awaitAsleepOn("bus free", 0); // one that is killed gives the bus to the next
        awaitAsleepOn("measurement", 1);
        RealProgram other = begin("i2cget -y 5 0x48 0 w");
        awaitAsleepOn("bus free", 1);
        assertTrue(measure.isAlive() && other.isAlive(), "an answer before the interrupt");
        hygrometer.measured(0x6c3a);
        assertEquals("0x3a6c\n", measure.await().expect(0), "the high byte came first");
        assertEquals("0x0019\n", other.await().expect(0));
    }

    private void awaitAsleepOn(String queue, int count) {
        until(
                count + " asleep on \"" + queue + "\"",
                () ->
                        gate.callsInFlight().stream()
                                        .filter(call -> call.waitingOn() != null)
                                        .filter(call -> call.waitingOn().equals(queue))
                                        .count()
                                == count);
    }

    /** What a program does at the removal. */
    private record Scene(String program, String did, String said, int exit) {}

    private static final List<Scene> SCENES =
            List.of(
                    new Scene(
                            MEASURE,
                            "asks a chip that holds the clock until it has measured",
                            "Error: Read failed",
                            2),
                    new Scene(
                            "i2cdetect -y 5",
                            "scans, waiting for the bus at the first address",
                            "Error: Could not set address to 0x09: No such device",
                            1),
                    new Scene(
                            "i2cdump -y -r 0-3 5 0x50 b",
                            "dumps an EEPROM, waiting for the bus at its first byte",
                            "00: XX XX XX XX XXXX",
                            0),
                    new Scene(
                            "i2ctransfer -y 5 w1@0x50 0 r4",
                            "sets an EEPROM's address and reads, waiting for the bus",
                            "Error: Sending messages failed: No such device",
                            1));

    /**
     * i2cget is inside a transfer that a chip holds up, and three others wait for the bus. On a
     * real kernel the removal waits for them and then for the idle one, because i2c_del_adapter()
     * returns after the last close. Here it returns with all descriptors open, and each gets
     * ENODEV; i2cdetect and i2cdump, which take errors of a transfer for absent chips, end as well.
     */
    @Test
    void anAdapterThatIsPulledOutEndsTheTransferAndThoseThatWaitForTheBus() throws Exception {
        KeptDescriptor kept = keep("<>", NODE);
        kept.expectReadFails("No such device or address"); // of the chip at 0
        List<String> line = new ArrayList<>(List.of(inside("sh -c")));
        line.add("echo mounted; read _; exec i2cget -y 5 0x50 0");
        RealProgram late = start(line.toArray(String[]::new));
        late.awaitOutput("mounted");
        List<RealProgram> programs = new ArrayList<>();
        for (Scene scene : SCENES) {
            programs.add(begin(scene.program()));
            awaitAsleep(gate, Verb.IOCTL, programs.size());
        }

        remove(gate);

        for (int i = 0; i < SCENES.size(); i++) {
            expectEnd(SCENES.get(i), programs.get(i).await());
        }
        kept.expectReadFails("No such device");
        late.type(""); // its /dev has the link still
        RealProgram.Ended tooLate = late.await();
        tooLate.expect(1);
        assertEquals(
                "Error: Could not open file `/dev/i2c-5' or `/dev/i2c/5': No such file or directory\n",
                tooLate.errors());

        plug();
        expectOutput("0x0019", "i2cget -y 5 0x48 0 w");
        kept.expectReadFails("No such device");
    }

    private static void expectEnd(Scene scene, RealProgram.Ended ended) throws Exception {
        ended.expect(scene.exit());
        String all = (ended.output() + ended.errors()).strip();
        String said =
                ended.errors().isEmpty()
                        ? all.substring(all.lastIndexOf('\n') + 1).replaceAll(" +", " ")
                        : ended.errors().strip();
        assertEquals(scene.said(), said, scene.program());
        ProgramTable.check(
                new ProgramTable.Row(
                        6,
                        scene.program(),
                        "i2c-tools " + RealProgram.version("i2c-tools"),
                        scene.did(),
                        said + "\nexit " + scene.exit(),
                        "the node goes, but the removal waits for the last close; until then"
                                + " transfers go on"));
    }
}
