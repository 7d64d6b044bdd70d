package org.cdevgate.gate;

import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.cdevgate.gate.sides.RequestSide;
import org.cdevgate.internal.DaemonThreads;
import org.cdevgate.internal.Reports;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the sleeps of requests without a thread whose time is over. One daemon thread for all gates,
 * which goes when nobody has slept with a limit for a while.
 */
final class SleepTimer {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);
    private static final ScheduledThreadPoolExecutor TIMER =
            DaemonThreads.timer("cdev-gate-sleep-timer");

    private SleepTimer() {}

    /**
     * Has a request that has been put to sleep run again at its deadline, unless it was woken.
     *
     * @param deadline on {@link System#nanoTime}
     * @return to cancel when it was
     */
    static Future<?> start(RequestSide sleeper, long deadline) {
        return TIMER.schedule(
                () -> timeIsOver(sleeper), BlockedRun.left(deadline), TimeUnit.NANOSECONDS);
    }

    /** How many sleeps are being timed, for tests. */
    static int pending() {
        return TIMER.getQueue().size();
    }

    private static void timeIsOver(RequestSide sleeper) {
        try {
            if (sleeper.cancel()) {
                sleeper.runAgain();
            }
        } catch (Throwable e) {
            Reports.error(
                    LOG,
                    "a sleeper of {} whose time is over cannot run again",
                    Objects.requireNonNull(BlockedRun.lastOf(sleeper)).file(),
                    e);
        }
    }
}
