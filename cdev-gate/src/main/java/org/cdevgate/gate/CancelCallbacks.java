package org.cdevgate.gate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.internal.Reports;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link CancelCallback}s of the calls in flight in one gate. The removal runs them on threads
 * of their own, one after the other as long as they return; one that blocks is left behind on its
 * thread, so that it does not hold up the others.
 */
final class CancelCallbacks {
    private static final Logger LOG = LoggerFactory.getLogger(CancelCallbacks.class);
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(5);

    private final FopsGate gate;

    // Guarded by this; no entry is added once the gate is sleepless. Null before the first.
    private @Nullable Set<CancelCallback> waiting;

    /** Those that the removal has taken and not come back from. */
    private int unfinished; // guarded by this

    CancelCallbacks(FopsGate gate) {
        this.gate = gate;
    }

    /** False if the gate is sleepless: nobody will run it. */
    boolean add(CancelCallback callback) {
        synchronized (this) {
            if (waiting == null) {
                waiting = new LinkedHashSet<>();
            }
            return !gate.isSleepless() && waiting.add(callback);
        }
    }

    synchronized void remove(CancelCallback callback) {
        if (waiting != null) {
            waiting.remove(callback);
        }
    }

    /**
     * The gate is sleepless: runs all, without waiting for them. After an Error nothing was begun
     * that is not done, and it may be called again.
     *
     * @param nested others to be run, of calls of other gates that are nested in this one's; those
     *     that are run already, or whose calls have ended, do nothing
     */
    void fireAll(List<CancelCallback> nested) {
        CancelCallback[] all;
        synchronized (this) {
            List<CancelCallback> due = new ArrayList<>(nested);
            if (waiting != null) {
                due.addAll(waiting);
            }
            if (due.isEmpty()) {
                return;
            }
            all = due.toArray(new CancelCallback[0]);
            if (waiting != null) {
                waiting.clear();
            }
            unfinished += all.length;
        }
        try {
            Runnable work = CallRecords.thenLeave(() -> dispatch(all));
            Thread dispatcher = new Thread(null, work, name(), 0, false);
            dispatcher.setDaemon(true);
            dispatcher.start();
        } catch (OutOfMemoryError e) { // no thread, or no memory for one
            for (CancelCallback each : all) {
                fire(each);
            }
            Reports.warn(LOG, "no thread for the callbacks of {}; they ran on the remover", gate);
        }
    }

    /** What the callback itself throws is logged; an Error on the way to it leaves it out. */
    private void fire(CancelCallback callback) {
        try {
            callback.fire();
        } catch (Throwable e) {
            Reports.error(LOG, "a cancellation callback of {} did not run", gate, e);
        } finally {
            synchronized (this) {
                unfinished--;
            }
        }
        gate.wakeRemovers();
    }

    /**
     * Whether none runs or will; asked after {@link #fireAll}. A call waits for its own, but a
     * removal does not wait for every call, see {@link SelfRemoval#LEAVE_OUT}.
     */
    synchronized boolean isDone() {
        return unfinished == 0;
    }

    private String name() {
        return "cancel-" + gate.name();
    }

    private void dispatch(CancelCallback[] all) {
        ThreadPoolExecutor threads = null;
        for (CancelCallback each : all) {
            boolean given = false;
            try {
                if (threads == null) {
                    threads = pool();
                }
                threads.execute(() -> fire(each));
                given = true;
            } catch (Throwable e) {
                Reports.warn(
                        LOG, "no thread for a callback of {}; the next ones wait for it", gate);
            }
            if (!given) {
                fire(each);
            }
            long deadline = System.nanoTime() + PATIENCE;
            for (long left; !each.isDone() && (left = deadline - System.nanoTime()) > 0; ) {
                LockSupport.parkNanos(this, Math.min(left, TimeUnit.MICROSECONDS.toNanos(50)));
            }
        }
        if (threads != null) {
            threads.shutdown(); // each thread ends with its callback
        }
    }

    private ThreadPoolExecutor pool() {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                1,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                work -> {
                    Runnable whole = CallRecords.thenLeave(work);
                    Thread thread = new Thread(null, whole, name(), 0, false);
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
