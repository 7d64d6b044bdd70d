package org.cdevgate.drivers.filter;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.calls.Verb;

/** Filters that make a call go wrong. Give them to {@link CallMatch#then}. */
public final class Faults {
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private Faults() {}

    /** The call fails, and the driver does not see it. */
    public static CallFilter errno(Errno errno) {
        Objects.requireNonNull(errno, "errno");
        return call -> {
            throw errno.exception();
        };
    }

    /**
     * A read or write transfers less than it was asked for, as every device may do.
     *
     * @param bytes at most so many, 1 or more
     */
    public static CallFilter shortTransfer(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "a transfer of " + bytes + " bytes; give 1 or more (0 is the end of a file)");
        }
        return call -> call.proceedShort(bytes);
    }

    /**
     * The driver gets the call late. The thread sleeps meanwhile; a signal and the removal end
     * that. Not for poll, which never sleeps and goes on at once.
     */
    public static CallFilter delay(Duration time) {
        Objects.requireNonNull(time, "time");
        return call -> {
            if (call.verb() != Verb.POLL && call.call().isFirstRun()) {
                call.call().sleepInterruptible(time.toNanos(), TimeUnit.NANOSECONDS);
            }
            return call.proceed();
        };
    }

    /** The device hangs: the call sleeps until a signal or the removal ends it. */
    public static CallFilter stall() {
        return delay(FOR_EVER);
    }
}
