package org.cdevgate.fuse.session;

import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;

/**
 * Looks after what cannot look after itself: a worker stuck in a driver's own blocking code loses
 * its role to another, and a dying process whose driver ignores the interrupt gets its answer.
 *
 * <p>It ticks while requests come and sleeps while none does. Falling asleep: it announces that,
 * then looks once more for a running request; a worker announces its request, then looks whether
 * the monitor sleeps. All four are volatile, so one of the two sees the other.
 */
final class Monitor implements Runnable {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int QUIET_TICKS = 20;

    private final FuseSession session;
    private final Thread thread;
    private final SpareDescriptor spare = new SpareDescriptor(); // of this thread
    private volatile boolean asleep;
    private volatile boolean stopped;

    // Of this thread: what ran at the last tick.
    private Worker lastReader;
    private Worker lastRunner;
    private long lastReaderState;
    private long lastRunnerState;

    Monitor(FuseSession session) {
        this.session = session;
        this.thread = new Thread(null, this, session.name() + "-monitor", 0, false);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    /** A request begins to run. */
    void wakeIfAsleep() {
        if (asleep) {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void run() {
        try {
            watch();
        } finally {
            spare.close();
        }
    }

    private void watch() {
        int quiet = 0;
        while (!stopped) {
            LockSupport.parkNanos(this, TICK);
            boolean busy = false;
            try {
                busy = tick();
            } catch (RuntimeException | Error e) {
                CarefulLog.error("{}: {} failed; going on", session.name(), thread.getName(), e);
            }
            quiet = busy ? 0 : quiet + 1;
            if (quiet >= QUIET_TICKS) {
                asleep = true;
                if (!isAnythingRunning()) {
                    while (asleep && !stopped) {
                        LockSupport.park(this);
                    }
                }
                asleep = false;
                quiet = 0;
            }
        }
    }

    private boolean isAnythingRunning() {
        Worker reader = session.holder(Role.READER);
        Worker runner = session.holder(Role.RUNNER);
        return (reader != null && reader.runningState() != 0)
                || (runner != null && runner.runningState() != 0)
                || session.isAnythingPending();
    }

    private boolean tick() {
        boolean pending = session.retryPending();
        Worker reader = session.holder(Role.READER);
        long readerState = reader == null ? 0 : reader.runningState();
        if (readerState != 0 && reader == lastReader && readerState == lastReaderState) {
            reader.detach(readerState);
        }
        Worker runner = session.holder(Role.RUNNER);
        long runnerState = runner == null ? 0 : runner.runningState();
        if (runnerState != 0 && runner == lastRunner && runnerState == lastRunnerState) {
            runner.detach(runnerState);
        }
        boolean busy = readerState != 0 || runnerState != 0;
        lastReader = reader;
        lastReaderState = readerState;
        lastRunner = runner;
        lastRunnerState = runnerState;
        return checkDying() || busy || pending;
    }

    /**
     * Answers for drivers that ignore an interrupt whose process is dying; the kernel sends only
     * one interrupt, and a later SIGKILL none.
     *
     * @return whether there is a request to look at again
     */
    private boolean checkDying() {
        boolean any = false;
        if (session.inFlight().isEmpty()) {
            return false; // no iterator for nothing at each tick
        }
        for (HeldRequest request : session.inFlight().all()) {
            if (!request.isIgnoringInterrupt()) {
                continue;
            }
            any = true;
            if (isDying(request.tid())) {
                // The thread goes on in the driver; what it sends later the kernel does not know.
                request.answerFor(Errno.EINTR.number());
            }
        }
        return any;
    }

    private boolean isDying(int tid) {
        if (tid <= 0) {
            return false; // of another pid namespace; nothing can be known
        }
        try {
            return ProcStatus.parse(spare.read("/proc/" + tid + "/status")).isDying();
        } catch (IOException e) {
            // Gone; or it ended while being read, and the next tick finds it gone.
            return !new File("/proc/" + tid).exists();
        }
    }
}
