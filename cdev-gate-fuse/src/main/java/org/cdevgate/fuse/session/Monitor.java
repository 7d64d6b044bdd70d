package org.cdevgate.fuse.session;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Looks after what cannot look after itself: a worker stuck in a driver's own blocking code has its
 * role taken over by another, a role that is open while no standby takes it gets one, and a dying
 * process whose driver ignores the interrupt gets its answer.
 *
 * <p>It ticks while requests come and sleeps while none does. Falling asleep: it announces that,
 * then looks once more for a running request; a worker announces its request, then looks whether
 * the monitor sleeps. All four are volatile, so one of the two sees the other.
 *
 * <p>What others have begun and could not finish, for want of stack or memory, it finishes: so it
 * needs neither. A step that fails is tried again in the next round, and keeps no other from being
 * done. An interrupt of its thread means nothing.
 */
final class Monitor implements Runnable {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int QUIET_TICKS = 20;

    /** Rounds in which an interrupted request is nowhere until it is taken for lost. */
    private static final int LOST_ROUNDS = 40;

    private static final int LAST_STEP = 3;

    /** Rounds from one look for dead threads to the next. */
    private static final int ALIVE_ROUNDS = 200;

    private final FuseSession session;
    private final Thread thread;
    private final WatchList watched = new WatchList();
    private final DyingCallers callers; // of this thread
    private volatile boolean asleep;
    private volatile boolean stopped;

    // Of this thread: what ran at the last tick.
    private @Nullable Worker lastReader;
    private @Nullable Worker lastRunner;
    private long lastReaderState;
    private long lastRunnerState;
    private int rounds;

    Monitor(FuseSession session) {
        this.session = session;
        this.callers = new DyingCallers(session.name());
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

    /** There is something that cannot wait for the next tick. */
    void wake() {
        asleep = false;
        // Itself, when it finds no thread for a role, it must not: it would try without a pause.
        if (Thread.currentThread() != thread) {
            LockSupport.unpark(thread);
        }
    }

    /** Has an interrupted request looked at in each round until it has an answer. */
    void watch(HeldRequest request) {
        watched.add(request);
        wakeIfAsleep();
    }

    @Override
    public void run() {
        try {
            watch();
        } finally {
            callers.close();
        }
    }

    private void watch() {
        int quiet = 0;
        while (!stopped) {
            LockSupport.parkNanos(this, TICK);
            Thread.interrupted(); // set, it would keep park from parking
            boolean busy = round();
            quiet = busy ? 0 : quiet + 1;
            if (quiet >= QUIET_TICKS) {
                asleep = true;
                if (!isAnythingToDo()) {
                    while (asleep && !stopped) {
                        LockSupport.park(this);
                        Thread.interrupted();
                    }
                }
                asleep = false;
                quiet = 0;
            }
        }
    }

    private boolean isAnythingToDo() {
        return session.isBusy(Role.READER)
                || session.isBusy(Role.RUNNER)
                || !watched.isEmpty()
                || session.isAnythingPending();
    }

    /** Does what is to be done; whether there was anything, or something failed. */
    private boolean round() {
        boolean busy = false;
        for (int step = 0; step <= LAST_STEP; step++) {
            Throwable failure = null;
            try {
                busy |= step(step);
            } catch (Throwable e) {
                failure = e;
            }
            if (failure != null) {
                busy = true;
                CarefulLog.goingOn(thread, failure);
            }
        }
        return busy;
    }

    private boolean step(int step) {
        return switch (step) {
            case 0 -> session.servePending();
            case 1 -> offerStuck();
            case 2 -> checkDying();
            default -> checkAlive();
        };
    }

    private boolean offerStuck() {
        Worker reader = session.roles().holder(Role.READER);
        long readerState = reader == null ? 0 : reader.runningState();
        if (reader != null && readerState != 0) {
            look(reader, readerState, reader == lastReader && readerState == lastReaderState);
        }
        Worker runner = session.roles().holder(Role.RUNNER);
        long runnerState = runner == null ? 0 : runner.runningState();
        if (runner != null && runnerState != 0) {
            look(runner, runnerState, runner == lastRunner && runnerState == lastRunnerState);
        }
        lastReader = reader;
        lastReaderState = readerState;
        lastRunner = runner;
        lastRunnerState = runnerState;
        return readerState != 0 || runnerState != 0;
    }

    /** A request runs, or still does. */
    private static void look(Worker worker, long running, boolean still) {
        if (still) {
            worker.offer(running);
            worker.foundStuck();
        } else {
            worker.meet(running);
        }
    }

    private boolean checkAlive() {
        rounds++;
        if (rounds % ALIVE_ROUNDS == 0) {
            session.workers().checkAlive();
        }
        return false;
    }

    /**
     * Answers for drivers that ignore an interrupt whose process is dying; the kernel sends only
     * one interrupt, and a later SIGKILL none.
     *
     * @return whether there is a request to look at again
     */
    private boolean checkDying() {
        if (watched.isEmpty()) {
            return false;
        }
        watched.begin();
        for (HeldRequest request; (request = watched.poll()) != null; ) {
            look(request);
        }
        return !watched.isEmpty();
    }

    private void look(HeldRequest request) {
        if (request.isIgnoringInterrupt()) {
            watched.add(request); // first: what follows may fail
            if (callers.isDying(request.tid())) {
                // The thread goes on in the driver; what it sends later the kernel does not know.
                request.answerFor(Errno.EINTR.number());
            }
        } else if (request.isNowhere()) {
            watched.add(request);
            request.roundsNowhere++;
            if (request.roundsNowhere >= LOST_ROUNDS) {
                request.answerLost();
            }
        } else {
            request.roundsNowhere = 0;
        }
    }
}
