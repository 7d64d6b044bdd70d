package org.cdevgate.fuse.channel;

import java.util.concurrent.locks.LockSupport;

/** Pauses that an interrupt of the thread does not cut short; it stays set. */
final class Pause {
    private Pause() {}

    static void nanos(long nanos) {
        boolean interrupted = Thread.interrupted(); // or it would not pause
        LockSupport.parkNanos(nanos);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
