package org.cdevgate.cli.device;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One removal of a device. */
public final class Unplugging {
    private final String cause;
    private final @Nullable Duration replug;
    private final List<MetCall> inFlight;
    private final long began = System.nanoTime();
    private volatile long drainNanos = -1;

    Unplugging(String cause, @Nullable Duration replug, List<MetCall> inFlight) {
        this.cause = cause;
        this.replug = replug;
        this.inFlight = List.copyOf(inFlight);
    }

    void drained() {
        drainNanos = System.nanoTime() - began;
    }

    /** The plan as it was written, or who asked for it. */
    public String cause() {
        return cause;
    }

    /** How long the device stays away; null for ever. */
    public @Nullable Duration replug() {
        return replug;
    }

    /** The calls that it met. */
    public List<MetCall> inFlight() {
        return inFlight;
    }

    /** System.nanoTime() of the beginning. */
    public long began() {
        return began;
    }

    /** From the flag to the end of the teardown; negative if that has not come. */
    public long drainNanos() {
        return drainNanos;
    }
}
