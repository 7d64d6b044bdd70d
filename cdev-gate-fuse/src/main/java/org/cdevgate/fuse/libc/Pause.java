package org.cdevgate.fuse.libc;

import java.util.concurrent.locks.LockSupport;

/** Pauses that an interrupt of the thread does not cut short; it stays set. */
public final class Pause {
    private Pause() {}

    public static void nanos(long nanos) {
        boolean interrupted = Thread.interrupted(); // or it would not pause
        LockSupport.parkNanos(nanos);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
