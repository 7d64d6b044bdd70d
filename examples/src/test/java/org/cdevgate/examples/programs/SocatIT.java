package org.cdevgate.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.drivers.NmeaReceiver;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * socat and cat on {@link NmeaReceiver}, whose reads wait in both ways: neither can tell which. A
 * receiver at a USB serial port of a real kernel would end them with an end of file, by a hang-up
 * that a program cannot tell from a quiet line that was closed.
 */
class SocatIT extends RealProgramBase {
    private static final String NAME = "nmea0";
    private static final int FIXES = 500;
    private static final int AT_A_TIME = 20; // fit in the backlog of a reader

    private NmeaReceiver receiver;
    private FopsGate gate;

    @BeforeAll
    static void install() throws Exception {
        RealProgram.require("socat", "socat");
    }

    private void plug(NmeaReceiver.Sleep sleep) throws IOException {
        receiver = new NmeaReceiver(sleep);
        gate = FopsGate.of(NAME, receiver);
        mount.register(gate, DeviceNode.named(NAME).mode(0444));
    }

    private RealProgram socat() throws IOException {
        return start("socat", "-u", "OPEN:" + path(NAME) + ",rdonly", "STDOUT");
    }

    private RealProgram cat() throws IOException {
        return start("cat", path(NAME));
    }

    private void awaitOpen(int files) {
        until(files + " readers", () -> mount.openFiles() == files);
    }

    /** A program that has come to its next read or poll has all that was sent before. */
    private static void awaitLines(RealProgram program, int lines) {
        program.until(lines + " sentences", () -> program.output().lines().count() == lines);
    }

    private static void expectSentences(String printed, int count) {
        List<String> lines = printed.lines().toList();
        assertEquals(count, lines.size());
        for (int i = 0; i < count; i++) {
            String[] parts = lines.get(i).substring(1).split("\\*", -1);
            int sum = parts[0].chars().reduce(0, (left, right) -> left ^ right);
            assertEquals(Integer.parseInt(parts[1], 16), sum, "the checksum of " + lines.get(i));
            String time = LocalTime.ofSecondOfDay(i).toString().replace(":", "");
            assertTrue(parts[0].startsWith("GPGGA," + (time + "00").substring(0, 6)), parts[0]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everySentenceComesToEachReaderInOrder(NmeaReceiver.Sleep sleep) throws Exception {
        plug(sleep);
        List<RealProgram> readers = new ArrayList<>(List.of(socat(), cat(), socat()));
        awaitOpen(3);
        for (int sent = 0; sent < FIXES; ) {
            for (int i = 0; i < AT_A_TIME; i++) {
                receiver.fix(LocalTime.ofSecondOfDay(sent++), 52.5, 13.4);
            }
            for (RealProgram each : readers) {
                awaitLines(each, sent);
            }
        }
        remove(gate);
        for (RealProgram each : readers) {
            expectSentences(each.await().expect(1), FIXES);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sleepingReadersAreToldThatTheReceiverIsGone(NmeaReceiver.Sleep sleep) throws Exception {
        plug(sleep);
        RealProgram socat = socat();
        RealProgram cat = cat();
        KeptDescriptor kept = keep("<", NAME);
        awaitOpen(3);
        receiver.fix(LocalTime.NOON, 52.5, 13.4);
        awaitLines(socat, 1);
        awaitLines(cat, 1);
        awaitAsleep(gate, Verb.READ, 1); // socat waits in select(2)
        remove(gate);
        String said = socat.await().errors().replace(path(NAME), NAME);
        socat.await().expect(1);
        assertTrue(said.contains("No such device"), said);
        assertEquals(
                "cat: " + path(NAME) + ": No such device\n", cat.await().errors(), "what cat said");
        cat.await().expect(1);
        kept.expectReadFails("No such device");

        plug(sleep);
        RealProgram fresh = socat();
        awaitOpen(2);
        receiver.fix(LocalTime.MIDNIGHT, 52.5, 13.4);
        awaitLines(fresh, 1);
        kept.expectReadFails("No such device");
        remove(gate);
        expectSentences(fresh.await().expect(1), 1);
    }

    @Test
    void theTableTellsWhatTheySaid() throws Exception {
        plug(NmeaReceiver.Sleep.THREADLESS);
        RealProgram socat = socat();
        RealProgram cat = cat();
        awaitOpen(2);
        awaitAsleep(gate, Verb.READ, 1);
        remove(gate);
        RealProgram.Ended socatEnded = socat.await();
        RealProgram.Ended catEnded = cat.await();
        String kernel =
                "a receiver at ttyUSB hangs up: reads get 0, the end of a file, polls"
                        + " `IN|ERR|HUP`; later ioctls `EIO`";
        ProgramTable.check(
                new ProgramTable.Row(
                        3,
                        "socat -u OPEN:nmea0,rdonly STDOUT",
                        "socat " + RealProgram.version("socat"),
                        "read sentences, in select(2) between them; two beside a cat",
                        // Its lines begin with the time and its process id.
                        socatEnded
                                        .errors()
                                        .replace(path(NAME), NAME)
                                        .replaceAll("(?m)^.*socat\\[\\d+\\] ", "")
                                        .replaceAll("read\\(\\d+, 0x[0-9a-f]+", "read(FD, ADDRESS")
                                + "exit "
                                + socatEnded.exit(),
                        kernel));
        ProgramTable.check(
                new ProgramTable.Row(
                        3,
                        "cat nmea0",
                        "coreutils " + RealProgram.version("coreutils"),
                        "read sentences, asleep in read(2) between them, with and without a"
                                + " thread",
                        catEnded.errors().replace(path(NAME), NAME) + "exit " + catEnded.exit(),
                        kernel));
    }
}
