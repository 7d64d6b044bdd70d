package org.cdevgate.gate.stress.model;

/**
 * A thread's permit, as {@link java.util.concurrent.locks.LockSupport} tells it, on a monitor.
 * Lincheck ends every park at once, as a spurious wake-up may, so nobody would ever wait in vain;
 * in a monitor a thread waits until it is notified, and threads that all wait are found.
 *
 * <p>There is no clock. A thread that parks for a limited time, or spins, <em>rests</em>: until it
 * is unparked, or time passes. Time passes when another thread begins to wait, or to rest, or comes
 * to its end. So whoever rests looks again after the last change that another can make; if that
 * does not help either, it rests for ever, and that is found.
 *
 * <p>Called from the code under test in place of LockSupport's methods and others that wait, see
 * {@link ModelTransformer}.
 */
public final class Parking {
    // Guarded by this.
    private boolean permit;
    private boolean timeIsOver;

    /** The moment up to which this thread has looked at what others did; {@link RunState}'s. */
    int seen;

    Parking() {}

    public static void park() {
        timePasses();
        RunState.permitOf(Thread.currentThread()).await();
    }

    public static void park(Object blocker) {
        park();
    }

    public static void parkNanos(long nanos) {
        rest();
    }

    public static void parkNanos(Object blocker, long nanos) {
        rest();
    }

    /** In place of {@link Thread#onSpinWait}. */
    public static void spin() {
        rest();
    }

    /** In place of {@link Object#wait()}. */
    @SuppressWarnings("WaitNotInLoop") // the caller loops
    public static void waitOn(Object monitor) throws InterruptedException {
        timePasses();
        monitor.wait();
    }

    public static void unpark(Thread thread) {
        if (thread != null) {
            RunState.permitOf(thread).give();
        }
    }

    private static void rest() {
        timePasses();
        Parking own = RunState.permitOf(Thread.currentThread());
        if (RunState.beginRest(own)) {
            own.awaitForATime();
            RunState.endRest(own);
        }
    }

    /** Ends the rest of all that rest. */
    static void timePasses() {
        for (Parking each : RunState.timePasses()) {
            each.timeIsOver();
        }
    }

    private synchronized void await() {
        while (!permit) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return; // as a park does, and without the permit
            }
        }
        permit = false;
    }

    private synchronized void awaitForATime() {
        while (!permit && !timeIsOver) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        permit = false;
        timeIsOver = false;
    }

    private synchronized void give() {
        permit = true;
        notifyAll();
    }

    private synchronized void timeIsOver() {
        timeIsOver = true;
        notifyAll();
    }
}
