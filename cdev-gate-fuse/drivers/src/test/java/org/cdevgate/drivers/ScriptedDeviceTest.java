package org.cdevgate.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptedDeviceTest {
    private static final long WAITS = TimeUnit.MILLISECONDS.toNanos(40);

    @TempDir Path folder;

    private final List<FopsGate> gates = new ArrayList<>();
    private FopsGate gate;

    @AfterEach
    void remove() {
        gates.forEach(FopsGate::unregisterSync);
    }

    private void play(String... lines) {
        gate = FopsGate.of("modem", ScriptedDevice.parse("modem", List.of(lines)));
        gates.add(gate);
    }

    private OpenFile open() throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK, Caller.local());
    }

    private OpenFile openBlocking() throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDWR, Caller.local());
    }

    private String read(OpenFile file) throws ErrnoException {
        ByteBuffer dst = ByteBuffer.allocate(100);
        int count = gate.front().read(file, dst, 0, Caller.local());
        return new String(dst.array(), 0, count, StandardCharsets.ISO_8859_1);
    }

    private int write(OpenFile file, String text) throws ErrnoException {
        return gate.front()
                .write(
                        file,
                        ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)),
                        0,
                        Caller.local());
    }

    private int poll(OpenFile file) {
        return gate.front().poll(file, Caller.local(), null);
    }

    private static Errno refused(Executable call) {
        return Errno.of(assertThrows(ErrnoException.class, call).errno());
    }

    @Test
    void theDialogueIsPlayedForEachOpenFile() throws Exception {
        play("# a modem", "expect AT\\r", "answer \\r\\nOK\\x0d\\n", "", "expect +", "end");
        for (int i = 0; i < 2; i++) {
            OpenFile file = open();
            assertEquals(1, write(file, "A"));
            assertEquals(2, write(file, "T\r"));
            assertEquals("\r\nOK\r\n", read(file));
            assertEquals(Errno.EIO, refused(() -> write(file, "-")));
            assertEquals(1, write(file, "+"));
            assertEquals("", read(file));
        }
    }

    @Test
    void whileItWaitsThereIsNothing() throws Exception {
        play("wait 1h", "answer x");
        OpenFile file = open();
        assertEquals(0, poll(file), "a select loop spins");
        assertEquals(Errno.EAGAIN, refused(() -> read(file)));
        assertEquals(Errno.EAGAIN, refused(() -> write(file, "x")));
        gate.front().close(file); // ends the timer
    }

    @Test
    void timePassesAlsoForWhoDoesNotSleep() throws Exception {
        play("wait 20ms", "wait 20ms", "answer x");
        long began = System.nanoTime();
        OpenFile file = open();
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> poll(file) != 0);
        assertTrue(System.nanoTime() - began >= WAITS, "two waits count as one");
        assertEquals(PollEvents.POLLIN | PollEvents.POLLRDNORM, poll(file));
        assertEquals("x", read(file));
    }

    @Test
    void sleepersAreWokenWhenTheTimeIsOver() throws Exception {
        play("wait 20ms", "wait 20ms", "answer x", "wait 1ms", "expect y");
        long began = System.nanoTime();
        OpenFile file = openBlocking();
        assertEquals("x", read(file));
        assertTrue(System.nanoTime() - began >= WAITS, "two waits count as one");
        assertEquals(1, write(file, "y"));
    }

    @Test
    void theRemovalEndsAWait() throws Exception {
        play("wait 1h", "answer x");
        OpenFile file = openBlocking();
        CompletableFuture<Errno> reader =
                CompletableFuture.supplyAsync(() -> refused(() -> read(file)));
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> gate.callsInFlight().size() > 0);
        gate.unregisterSync();
        assertEquals(Errno.ENODEV, reader.get(60, TimeUnit.SECONDS));
    }

    @Test
    void bytesBeforeTheWrongOneAreTaken() throws Exception {
        play("expect AT", "expect OK", "answer x");
        OpenFile file = open();
        assertEquals(2, write(file, "AT?"), "an error hides what was taken");
        assertEquals(Errno.EIO, refused(() -> write(file, "?")));
        assertEquals(2, write(file, "OK"));
    }

    @Test
    void theLogSaysOnceWhatWasExpected() throws Exception {
        PrintStream standard = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            play("expect " + "a".repeat(1000));
            OpenFile file = open();
            for (int i = 0; i < 3; i++) {
                refused(() -> write(file, "b".repeat(1000)));
            }
            play("end");
            OpenFile ended = open();
            refused(() -> write(ended, "x"));
        } finally {
            System.setErr(standard);
        }
        List<String> lines = log.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, lines.size(), log::toString);
        String expected =
                "modem:1: expected \"%s…\", but \"%s…\" was written"
                        .formatted("a".repeat(60), "b".repeat(60));
        assertTrue(lines.get(0).endsWith(expected), lines.get(0));
        assertTrue(
                lines.get(1).endsWith("modem:1: expected no more writes, but \"x\" was written"),
                lines.get(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "say x | modem:2: say is no step; there are expect",
                "answer | modem:2: no bytes; give some",
                "answer \\q | modem:2: \\q is no byte",
                "answer \\x0g | modem:2: \\x0g is no byte",
                "wait long | wait=long is no time"
            })
    void whatIsNoStepIsRefusedWithFileAndLine(String step, String remedy) throws IOException {
        Path script = Files.writeString(folder.resolve("modem"), "# a modem\n" + step + "\n");
        String message =
                assertThrows(InvalidSpecException.class, () -> ScriptedDevice.read(script))
                        .getMessage();
        assertTrue(message.contains(remedy), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void aScriptThatIsNoTextIsNamed() throws IOException {
        Path script = Files.write(folder.resolve("modem"), new byte[] {'#', (byte) 0xff});
        assertEquals(
                script + " has bytes that are no UTF-8; write each of them as \\xNN",
                assertThrows(InvalidSpecException.class, () -> ScriptedDevice.read(script))
                        .getMessage());
    }
}
