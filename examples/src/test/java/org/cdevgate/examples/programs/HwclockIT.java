package org.cdevgate.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.drivers.RealTimeClock;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * hwclock on {@link RealTimeClock}. Of a real kernel's clocks none of this can be said: it wakes
 * nobody when the clock goes, so hwclock sits out its ten seconds in select(2), and a process in
 * read(2) sleeps until a signal comes. Here both are told at once.
 *
 * <p>hwclock is only ever run to read this clock, or to set it from the system's; and never with
 * the file in which it remembers how the machine's own clock drifts.
 */
class HwclockIT extends RealProgramBase {
    private static final String NAME = "rtc0";
    private static final Instant SOME_TIME = Instant.parse("2001-02-03T04:05:06Z");

    private final RealTimeClock clock = new RealTimeClock(SOME_TIME);

    @TempDir Path folder;
    private FopsGate gate;

    @BeforeAll
    static void install() throws Exception {
        RealProgram.require("hwclock", "util-linux-extra");
    }

    @BeforeEach
    void plug() throws IOException {
        gate = FopsGate.of(NAME, clock);
        mount.register(gate, DeviceNode.named(NAME).mode(0600));
    }

    private RealProgram hwclock(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("hwclock"));
        command.addAll(List.of(options));
        command.add("--rtc=" + path(NAME));
        command.add("--adjfile=" + folder.resolve("adjtime"));
        // Debian has it in /usr/sbin, which is not in everybody's path.
        command.addAll(0, List.of("env", "PATH=" + System.getenv("PATH") + ":/usr/sbin:/sbin"));
        return start(command.toArray(String[]::new));
    }

    /** Starts hwclock -r and waits until it waits for the next second in select(2). */
    private RealProgram readingHwclock() throws IOException {
        long polls = gate.counters().calls(Verb.POLL);
        RealProgram hwclock = hwclock("-r");
        hwclock.until("its poll", () -> gate.counters().calls(Verb.POLL) > polls);
        assertTrue(clock.hasUpdateInterrupts());
        return hwclock;
    }

    /**
     * Fails the test unless hwclock printed the time of the clock's tick, from which it takes off
     * how long it had to wait for it.
     */
    private void expectPrinted(RealProgram.Ended hwclock) {
        Instant printed =
                OffsetDateTime.parse(
                                hwclock.expect(0).strip(),
                                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSxxx"))
                        .toInstant();
        Instant tick = clock.time();
        assertFalse(printed.isAfter(tick), printed + " when the clock showed " + tick);
        assertTrue(
                printed.isAfter(tick.minus(RealProgram.LIMIT)),
                printed + " when the clock showed " + tick);
        assertEquals("", hwclock.errors());
    }

    @Test
    void hwclockReadsTheTimeAtTheNextSecond() throws Exception {
        RealProgram hwclock = readingHwclock();
        RealProgram.Ended second = hwclock("-r").await();
        second.expect(1);
        assertTrue(second.errors().contains("Cannot access the Hardware Clock"), second.errors());
        RealProgram.Ended other = RealProgram.run("dd", "if=" + path(NAME), "bs=8", "count=1");
        other.expect(1);
        assertTrue(other.errors().contains("Device or resource busy"), other.errors());
        clock.tick();
        expectPrinted(hwclock.await());
        assertEquals(SOME_TIME.plusSeconds(1), clock.time());
        until("the clock is free", () -> !clock.hasUpdateInterrupts());
    }

    @Test
    void hwclockSetsTheClockFromTheSystemsAndReadsItBack() throws Exception {
        Instant before = Instant.now();
        RealProgram.Ended set = hwclock("--systohc", "--utc", "--verbose").await();
        Instant after = Instant.now();
        assertTrue(set.expect(0).contains("ioctl(RTC_SET_TIME) was successful."), set.toString());
        assertTrue(
                clock.time().isAfter(before.minusSeconds(1))
                        && clock.time().isBefore(after.plusSeconds(1)),
                clock.time() + " was set between " + before + " and " + after);
        RealProgram hwclock = readingHwclock();
        clock.tick();
        expectPrinted(hwclock.await());
    }

    @Test
    void hwclockEndsAtOnceWhenTheClockIsUnplugged() throws Exception {
        RealProgram hwclock = readingHwclock();
        remove(gate);
        RealProgram.Ended ended = hwclock.await();
        ended.expect(1);
        String said = ended.errors().replace(path(NAME), NAME);
        assertEquals(
                """
                hwclock: ioctl() to rtc0 to turn off update interrupts failed: No such device
                hwclock: ioctl(RTC_RD_TIME) to rtc0 to read the time failed: No such device
                hwclock: RTC read returned an invalid value.
                """,
                said);
        RealProgram.Ended late = hwclock("-r").await();
        late.expect(1);
        assertTrue(late.errors().contains("Cannot access the Hardware Clock"), late.toString());
        ProgramTable.check(
                new ProgramTable.Row(
                        2,
                        "hwclock -r --rtc=rtc0",
                        "util-linux-extra " + RealProgram.version("util-linux-extra"),
                        "read the clock at its next second, and set it from the system's; another"
                                + " got `EBUSY`",
                        said + "exit " + ended.exit(),
                        "wakes nobody: hwclock waits out its 10 s; then `ENODEV`"));
    }

    @Test
    void aReadThatSleepsGetsEnodevAndTheClockThatIsPluggedAgainHasGoneOn() throws Exception {
        RealProgram reader = start("dd", "if=" + path(NAME), "of=/dev/null", "bs=8", "count=1");
        awaitAsleep(gate, Verb.READ, 1);
        remove(gate);
        RealProgram.Ended ended = reader.await();
        ended.expect(1);
        assertTrue(ended.errors().contains("No such device"), ended.toString());

        clock.tick(); // by its battery
        plug();
        KeptDescriptor kept = keep("<", NAME);
        remove(gate);
        plug();
        RealProgram hwclock = readingHwclock();
        clock.tick();
        expectPrinted(hwclock.await());
        assertEquals(SOME_TIME.plusSeconds(2), clock.time());
        kept.expectReadFails("No such device");
        kept.expectReadFails("No such device");
    }
}
