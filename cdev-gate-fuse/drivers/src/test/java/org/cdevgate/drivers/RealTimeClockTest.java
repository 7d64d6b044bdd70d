package org.cdevgate.drivers;

import static org.cdevgate.drivers.RealTimeClock.RTC_RD_TIME;
import static org.cdevgate.drivers.RealTimeClock.RTC_SET_TIME;
import static org.cdevgate.drivers.RealTimeClock.RTC_UIE_OFF;
import static org.cdevgate.drivers.RealTimeClock.RTC_UIE_ON;
import static org.cdevgate.drivers.Refused.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;

class RealTimeClockTest {
    private static final int READABLE = PollEvents.POLLIN | PollEvents.POLLRDNORM;

    private final RealTimeClock clock = new RealTimeClock(Instant.parse("2000-02-28T23:59:59Z"));
    private final FopsGate gate = FopsGate.of("rtc0", clock);
    private final ByteBuffer data = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());

    private OpenFile open() throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, Caller.local());
    }

    private int ioctl(OpenFile file, int command) throws ErrnoException {
        data.clear().limit(IoctlCommand.size(command));
        return gate.front().ioctl(file, command, 0, data, Caller.local());
    }

    private List<Integer> time(OpenFile file) throws ErrnoException {
        ioctl(file, RTC_RD_TIME);
        List<Integer> fields = new ArrayList<>();
        for (int at = 0; at < 36; at += 4) {
            fields.add(data.getInt(at));
        }
        return fields;
    }

    private int set(OpenFile file, int... fields) throws ErrnoException {
        data.clear();
        for (int each : fields) {
            data.putInt(each);
        }
        return ioctl(file, RTC_SET_TIME);
    }

    private long read(OpenFile file, int bytes) throws ErrnoException {
        data.clear().limit(bytes);
        int count = gate.front().read(file, data, 0, Caller.local());
        return count == 4 ? Integer.toUnsignedLong(data.getInt(0)) : data.getLong(0);
    }

    @Test
    void theTimeIsThatOfStructTm() throws ErrnoException {
        OpenFile file = open();
        assertEquals(List.of(59, 59, 23, 28, 1, 100, 1, 58, 0), time(file), "a Monday");
        clock.tick();
        assertEquals(List.of(0, 0, 0, 29, 1, 100, 2, 59, 0), time(file), "of a leap year");
    }

    @Test
    void theTimeThatWasSetIsReadBack() throws ErrnoException {
        OpenFile file = open();
        assertEquals(0, set(file, 6, 5, 4, 3, 1, 101, -1, -1, -1));
        assertEquals(Instant.parse("2001-02-03T04:05:06Z"), clock.time());
        assertEquals(List.of(6, 5, 4, 3, 1, 101, 6, 33, 0), time(file));
        set(file, 15, 28, 6, 7, 1, 206, 0, 0, 0);
        assertEquals(Instant.parse("2106-02-07T06:28:15Z"), clock.time());
        clock.tick();
        assertEquals(Instant.EPOCH, clock.time(), "after the last second of its 32 bits");
    }

    @Test
    void aTimeThatDoesNotExistIsRefusedAndChangesNothing() throws ErrnoException {
        OpenFile file = open();
        Instant before = clock.time();
        int[][] invalid = {
            {60, 0, 0, 1, 0, 100},
            {-1, 0, 0, 1, 0, 100},
            {0, 60, 0, 1, 0, 100},
            {0, 0, 24, 1, 0, 100},
            {0, 0, 0, 0, 0, 100},
            {0, 0, 0, 30, 1, 100},
            {0, 0, 0, 29, 1, 101},
            {0, 0, 0, 1, 12, 100},
            {0, 0, 0, 1, -1, 100},
            {0, 0, 0, 1, Integer.MAX_VALUE, 100},
            {59, 59, 23, 31, 11, 69},
            {0, 0, 0, 1, 0, Integer.MAX_VALUE},
            {0, 0, 0, 1, 0, -1901},
        };
        for (int[] each : invalid) {
            expect(Errno.EINVAL, () -> set(file, each));
        }
        expect(Errno.ERANGE, () -> set(file, 16, 28, 6, 7, 1, 206));
        assertEquals(before, clock.time());
    }

    @Test
    void updateInterruptsAreCountedUntilTheyAreRead() throws ErrnoException {
        OpenFile file = open();
        clock.tick();
        expect(Errno.EAGAIN, () -> read(file, 8));
        assertEquals(0, ioctl(file, RTC_UIE_ON));
        assertEquals(0, gate.front().poll(file, Caller.local(), null));
        clock.tick();
        clock.tick();
        assertEquals(READABLE, gate.front().poll(file, Caller.local(), null));
        expect(Errno.EINVAL, () -> read(file, 5));
        assertEquals(0x290, read(file, 8), "two, RTC_IRQF and RTC_UF");
        expect(Errno.EAGAIN, () -> read(file, 4));
        clock.tick();
        assertEquals(0x190, read(file, 4));
        assertEquals(0, ioctl(file, RTC_UIE_OFF));
        clock.tick();
        expect(Errno.EAGAIN, () -> read(file, 64));
    }

    @Test
    void oneProcessAtATimeHasTheClock() throws ErrnoException {
        OpenFile file = open();
        ioctl(file, RTC_UIE_ON);
        clock.tick();
        expect(Errno.EBUSY, this::open);
        gate.front().close(file);
        assertFalse(clock.hasUpdateInterrupts(), "interrupts that nobody reads");
        OpenFile next = open();
        assertEquals(
                0, gate.front().poll(next, Caller.local(), null), "an interrupt of the last one");
        gate.unregisterSync();
        expect(Errno.ENODEV, () -> time(next));
        FopsGate again = FopsGate.of("rtc0", clock);
        clock.tick();
        again.front().close(again.front().open(OpenFlags.O_RDONLY, Caller.local()));
    }

    @Test
    void whatTheClockHasNotIsRefused() throws ErrnoException {
        OpenFile file = open();
        expect(Errno.EINVAL, () -> ioctl(file, IoctlCommand.ior('p', 0x08, 36))); // RTC_ALM_READ
        expect(Errno.EINVAL, () -> ioctl(file, IoctlCommand.iow('p', 0x0F, 40))); // RTC_WKALM_SET
        expect(Errno.ENOTTY, () -> ioctl(file, IoctlCommand.io('p', 0x05))); // RTC_PIE_ON
        expect(Errno.ENOTTY, () -> ioctl(file, 0x5401)); // TCGETS
        Instant tooEarly = Instant.EPOCH.minusSeconds(1);
        assertThrows(IllegalArgumentException.class, () -> new RealTimeClock(tooEarly));
    }
}
