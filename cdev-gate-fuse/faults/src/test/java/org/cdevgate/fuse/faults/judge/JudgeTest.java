package org.cdevgate.fuse.faults.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The judge on histories made by hand: fifo0 lives from 100 to 200 as generation 1, and as
 * generation 2 from 210 on; disk5 from 100 to 200 as generation 3. Process 7 with thread 8.
 */
class JudgeTest {
    private final History history = new History();
    private final ClientLog log = new ClientLog();
    private int calls;

    @BeforeEach
    void makeHistory() {
        history.mount(1, false, 80);
        history.event(90, "mounted 1");
        history.event(98, "plugging 1 fifo0 1");
        history.event(100, "plugged 1");
        history.event(98, "plugging 3 disk5 1");
        history.event(100, "plugged 3");
        for (int generation : List.of(1, 3)) {
            history.event(195, "removing " + generation);
            history.event(200, "flagged " + generation);
            history.event(205, "removed " + generation);
        }
        history.event(208, "plugging 2 fifo0 1");
        history.event(210, "plugged 2");
        history.ended(7, true, 1000);
    }

    private void call(String call, String file, long begin, long end, String result) {
        calls++;
        log.add("B 7 8 %d %d %s %s -".formatted(calls, begin, call, file));
        log.add("E 7 8 %d %d %s".formatted(calls, end, result));
    }

    private void open(String name, long begin, long end, String how) {
        calls++;
        log.add("B 7 8 %d %d open 7.1 %s %s".formatted(calls, begin, name, how));
        log.add("E 7 8 %d %d 5 0 0".formatted(calls, end));
    }

    private List<String> judged() {
        log.finish();
        return Judge.judge(history, log);
    }

    private void expectNothing() {
        assertEquals(List.of(), judged());
    }

    private void expect(String part) {
        List<String> found = judged();
        assertEquals(1, found.size(), () -> "violations: " + found);
        assertTrue(found.get(0).contains(part), found.get(0));
    }

    @ParameterizedTest
    @CsvSource({
        "read,  150, 160, 8 0 1", // live
        "read,  150, 220, 8 0 1", // asleep at the removal, the data came first
        "read,  150, 220, -1 19 0", // asleep at the removal
        "read,  220, 230, -1 19 0", // gone
        "ioctl, 220, 230, -1 19 0",
        "poll,  150, 160, 1 0 0",
        "poll,  150, 220, 24 0 0",
        "select,220, 230, 3 0 0",
        "close, 220, 230, 0 0 0"
    })
    void whatIsAllowedIsNoViolation(String name, long begin, long end, String result) {
        open("fifo0", 110, 120, "block");
        call(name, "7.1", begin, end, result);
        expectNothing();
    }

    @ParameterizedTest
    @CsvSource({
        "read,  150, 160, -1 19 0,  ENODEV is not allowed when [live]",
        "read,  150, 160, -1 5 0,   EIO is not allowed when [live]",
        "read,  150, 160, -1 18 0,  EXDEV is not allowed",
        "read,  150, 160, -1 4 0,   EINTR is not allowed",
        "read,  150, 160, -1 11 0,  EAGAIN is not allowed",
        "read,  150, 160, -1 12 0,  ENOMEM is not allowed",
        "read,  220, 230, 8 0 1,    ok is not allowed when [gone]",
        "write, 220, 230, -1 5 0,   EIO is not allowed when [gone]",
        "write, 150, 160, -1 103 0, ECONNABORTED is not allowed",
        "poll,  220, 230, 0 0 0,    events is not allowed when [gone]",
        "poll,  220, 230, 8 0 0,    err is not allowed when [gone]",
        "poll,  150, 160, 24 0 0,   hup is not allowed when [live]",
        "epoll, 220, 230, 1 0 0,    events is not allowed when [gone]",
        "select,220, 230, 1 0 0,    events is not allowed when [gone]",
        "close, 220, 230, -1 19 0,  ENODEV is not allowed",
        "fstat, 220, 230, -1 116 0, ESTALE is not allowed"
    })
    void whatIsNotAllowedIsFound(
            String name, long begin, long end, String result, String violation) {
        open("fifo0", 110, 120, "block");
        call(name, "7.1", begin, end, result);
        expect(violation);
    }

    @Test
    void aFileThatShowsTwoGenerationsIsFound() {
        open("fifo0", 110, 120, "block");
        call("ioctl", "7.1", 130, 140, "0 0 1");
        call("ioctl", "7.1", 190, 230, "0 0 2");
        assertTrue(judged().get(0).contains("showed the generations [1, 2]"));
    }

    @Test
    void aFileOpenedBeforeTheDeviceItShowsIsFound() {
        open("fifo0", 110, 120, "block");
        call("read", "7.1", 190, 196, "8 0 2");
        assertTrue(judged().get(0).contains("a device that it cannot have opened"));
    }

    @Test
    void wordsOfTwoDevicesInOneReadAreFound() {
        open("fifo0", 110, 120, "block");
        call("read", "7.1", 130, 140, "16 0 18446744073709551615");
        assertTrue(judged().get(0).contains("a device that it cannot have opened"));
    }

    @Test
    void anOpenThatMayBeOfEitherDeviceMayBeAnsweredByEither() {
        open("fifo0", 190, 230, "block");
        call("read", "7.1", 240, 250, "8 0 2");
        expectNothing();
    }

    @Test
    void dataWithoutAGenerationIsFound() {
        open("fifo0", 110, 120, "block");
        call("read", "7.1", 130, 140, "8 0 0");
        expect("data without a generation");
    }

    @Test
    void aCallThatNeverReturnsIsFoundUnlessItsProcessWasKilled() {
        open("fifo0", 110, 120, "block");
        log.add("B 7 8 9 150 read 7.1 -");
        log.add("B 17 18 9 150 read 7.1 -");
        history.ended(17, false, 180);
        expect("left without an answer");
    }

    @Test
    void anInterruptIsAllowedOnlyToTheCallThatTheSignalReached() {
        open("fifo0", 110, 120, "block");
        log.add("S 7 8 12 155");
        call("read", "7.1", 150, 160, "-1 4 0");
        call("read", "7.1", 161, 165, "-1 4 0"); // of the call before
        expect("EINTR is not allowed");
    }

    @Test
    void aSignalToTheProcessCountsUntilItsHandlerRan() {
        open("fifo0", 110, 120, "block");
        history.signal(7, 10, 140, Long.MAX_VALUE);
        log.add("S 7 99 10 155");
        call("read", "7.1", 150, 152, "-1 4 0");
        call("read", "7.1", 156, 160, "-1 4 0"); // after it
        expect("EINTR is not allowed");
    }

    @Test
    void aStoppedProcessMayBeInterrupted() {
        open("fifo0", 110, 120, "block");
        history.signal(7, 19, 140, 145);
        call("read", "7.1", 130, 150, "-1 4 0");
        expectNothing();
    }

    @Test
    void nonBlockingFilesMayBeToldToTryAgain() {
        open("fifo0", 110, 120, "nonblock");
        call("read", "7.1", 150, 160, "-1 11 0");
        expectNothing();
    }

    @Test
    void aMappingThatOutlivesItsDeviceIsFound() {
        open("disk5", 110, 120, "block");
        call("last-touch", "7.1", 300, 310, "0 0 3");
        expect("ok is not allowed when [gone]");
    }

    @Test
    void afterTheConnectionEveryCallSaysSo() {
        open("fifo0", 220, 225, "block");
        history.dying(1, 300);
        history.dead(1, 310);
        call("read", "7.1", 290, 305, "-1 103 0");
        call("read", "7.1", 320, 330, "-1 107 0");
        call("poll", "7.1", 320, 330, "8 0 0");
        call("read", "7.1", 320, 330, "-1 19 0");
        expect("ENODEV is not allowed when [dead]");
    }

    @ParameterizedTest
    @CsvSource({
        "150, 160, -1 2 0,  ENOENT is not allowed when [live]",
        "201, 207, 0 0 0,   ok is not allowed when [absent]",
        "220, 230, -1 2 0,  ENOENT is not allowed when [live]",
        "150, 160, -1 107 0,ENOTCONN is not allowed when [live]"
    })
    void pathsAreThereExactlyAsLongAsTheirDevices(
            long begin, long end, String result, String violation) {
        calls++;
        log.add("B 7 8 %d %d stat - fifo0".formatted(calls, begin));
        log.add("E 7 8 %d %d %s".formatted(calls, end, result));
        expect(violation);
    }

    @Test
    void aCrowdedMountMayRefuseCallsOfDrivers() {
        history.mount(2, true, 400);
        open("fifo0", 110, 120, "block");
        call("read", "7.1", 150, 160, "-1 12 0");
        call("poll", "7.1", 150, 160, "-1 12 0");
        expect("ENOMEM is not allowed");
    }

    /** A page ended there, and a process that shared the log wrote on. */
    @Test
    void piecesOfKilledProcessesAreLeftOut(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("1.log");
        Files.writeString(
                file,
                "\nB 7 8 1 100 open - a 0\n"
                        + "\nB 9 9 1 10"
                        + "\nE 7 8 1 200 5 0 0\n"
                        + "\n"
                        + "\nS 7 8 12 300\n"
                        + "\nE 10 10 4 400 0 0 1");
        log.read(file);
        assertEquals(1, log.calls().size(), "calls");
        assertEquals(200, log.calls().get(0).end());
        assertEquals(1, log.handled().size(), "signals");
        Files.writeString(file, "\nB 9 9 1 10\n\nS 7 8 12 300\n");
        assertThrows(IOException.class, () -> log.read(file), "a whole line that is none");
    }
}
