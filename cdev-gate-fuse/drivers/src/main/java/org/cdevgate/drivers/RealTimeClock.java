package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * A battery-backed clock, as hwclock finds it at /dev/rtc0: rtc(4) and linux/rtc.h. It counts
 * seconds; each beat of its oscillator is one call of {@link #tick}, from a timer or, in a test, at
 * will. It keeps time while no device is registered for it, and can be registered again.
 *
 * <p>A process has update interrupts (one each second) by read, poll, select and epoll. There is no
 * alarm, which is EINVAL as with such hardware, and no periodic interrupt, which is ENOTTY. In the
 * kernel RTC_SET_TIME needs CAP_SYS_TIME, which a node cannot see; here whoever may open it may set
 * it, so register it with mode 0600.
 */
public final class RealTimeClock implements FileOperations {
    /** Read time, and set it: struct rtc_time. */
    public static final int RTC_RD_TIME = IoctlCommand.ior('p', 0x09, 9 * Integer.BYTES);

    public static final int RTC_SET_TIME = IoctlCommand.iow('p', 0x0A, 9 * Integer.BYTES);

    /** Update interrupts on and off. */
    public static final int RTC_UIE_ON = IoctlCommand.io('p', 0x03);

    public static final int RTC_UIE_OFF = IoctlCommand.io('p', 0x04);

    private static final int RTC_AIE_ON = IoctlCommand.io('p', 0x01);
    private static final int RTC_AIE_OFF = IoctlCommand.io('p', 0x02);
    private static final int RTC_ALM_SET = IoctlCommand.iow('p', 0x07, 9 * Integer.BYTES);
    private static final int RTC_ALM_READ = IoctlCommand.ior('p', 0x08, 9 * Integer.BYTES);
    private static final int RTC_WKALM_SET = IoctlCommand.iow('p', 0x0F, 10 * Integer.BYTES);
    private static final int RTC_WKALM_RD = IoctlCommand.ior('p', 0x10, 10 * Integer.BYTES);

    private static final int RTC_IRQF = 0x80; // what a read says: an interrupt,
    private static final int RTC_UF = 0x10; // one of an update,
    private static final int ONE_INTERRUPT = 1 << 8; // and above these how many since the last read
    private static final long LAST_SECOND = 0xFFFF_FFFFL; // of a counter of 32 bits

    private final WaitQueue interrupts = new WaitQueue("rtc interrupts");

    // Guarded by this.
    private long seconds; // since 1970
    private boolean inUse;
    private boolean updateInterrupts;
    private long unread;

    /**
     * A clock that was set.
     *
     * @param time 1970 to 2106; a fraction of a second is left out
     */
    public RealTimeClock(Instant time) {
        seconds = time.getEpochSecond();
        if (seconds < 0 || seconds > LAST_SECOND) {
            throw new IllegalArgumentException(
                    "a clock set to "
                            + time
                            + "; its 32 bits reach from 1970 to "
                            + Instant.ofEpochSecond(LAST_SECOND));
        }
    }

    /** A second has passed. Any thread, whether the clock is registered or not. */
    public synchronized void tick() {
        seconds = (seconds + 1) & LAST_SECOND;
        if (updateInterrupts) {
            unread = (unread + ONE_INTERRUPT) | RTC_IRQF | RTC_UF;
            interrupts.wakeUp();
        }
    }

    /** What it shows. */
    public synchronized Instant time() {
        return Instant.ofEpochSecond(seconds);
    }

    /** Whether a process has switched update interrupts on. */
    public synchronized boolean hasUpdateInterrupts() {
        return updateInterrupts;
    }

    /** One process at a time, as there is one register of interrupts. */
    @Override
    public synchronized int open(OpenFile file, Call call) throws ErrnoException {
        if (inUse) {
            throw Errno.EBUSY.exception();
        }
        inUse = true;
        unread = 0;
        return 0;
    }

    @Override
    public synchronized void release(OpenFile file, Call call) {
        updateInterrupts = false;
        inUse = false;
    }

    /** An unsigned long, or an int for who asks for four bytes. */
    @Override
    public synchronized int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException {
        boolean isInt = dst.remaining() == Integer.BYTES;
        if (!isInt && dst.remaining() < Long.BYTES) {
            throw Errno.EINVAL.exception();
        }
        if (unread == 0) {
            return call.wouldBlock(interrupts);
        }
        if (isInt) {
            dst.putInt((int) unread);
        } else {
            dst.putLong(unread);
        }
        unread = 0;
        return isInt ? Integer.BYTES : Long.BYTES;
    }

    @Override
    public synchronized int poll(OpenFile file, Call call) {
        call.pollWait(interrupts);
        return unread == 0 ? 0 : PollEvents.POLLIN | PollEvents.POLLRDNORM;
    }

    @Override
    public synchronized int ioctl(
            OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (command == RTC_RD_TIME) {
            putTime(data);
        } else if (command == RTC_SET_TIME) {
            seconds = secondsOf(data);
        } else if (command == RTC_UIE_ON || command == RTC_UIE_OFF) {
            updateInterrupts = command == RTC_UIE_ON;
        } else if (isOfAlarm(command)) {
            throw Errno.EINVAL.exception();
        } else {
            throw Errno.ENOTTY.exception();
        }
        return 0;
    }

    private static boolean isOfAlarm(int command) {
        return command == RTC_AIE_ON
                || command == RTC_AIE_OFF
                || command == RTC_ALM_SET
                || command == RTC_ALM_READ
                || command == RTC_WKALM_SET
                || command == RTC_WKALM_RD;
    }

    /** Into a struct rtc_time: nine ints from tm_sec to tm_isdst, as in struct tm. */
    private void putTime(ByteBuffer tm) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
        tm.putInt(time.getSecond()).putInt(time.getMinute()).putInt(time.getHour());
        tm.putInt(time.getDayOfMonth()).putInt(time.getMonthValue() - 1);
        tm.putInt(time.getYear() - 1900);
        tm.putInt(time.getDayOfWeek().getValue() % 7).putInt(time.getDayOfYear() - 1).putInt(0);
    }

    /** From a struct rtc_time, whose last three fields say nothing new and may be anything. */
    private static long secondsOf(ByteBuffer tm) throws ErrnoException {
        int second = tm.getInt(0);
        int minute = tm.getInt(Integer.BYTES);
        int hour = tm.getInt(2 * Integer.BYTES);
        int day = tm.getInt(3 * Integer.BYTES);
        int month = tm.getInt(4 * Integer.BYTES) + 1;
        int year = tm.getInt(5 * Integer.BYTES) + 1900;
        long set;
        try {
            set =
                    LocalDateTime.of(year, month, day, hour, minute, second)
                            .toEpochSecond(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw Errno.EINVAL.exception(); // there is no such time
        }
        if (set < 0) {
            throw Errno.EINVAL.exception(); // to the kernel neither
        }
        if (set > LAST_SECOND) {
            throw Errno.ERANGE.exception(); // to this clock only
        }
        return set;
    }
}
