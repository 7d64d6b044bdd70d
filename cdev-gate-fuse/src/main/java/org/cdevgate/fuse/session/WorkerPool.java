package org.cdevgate.fuse.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The worker threads: those with a role, those whose call is parked or stuck in a driver
 * (detached), and a few that stand by to take a role over.
 *
 * <p>A request that may park is let into a driver only while a standby is there for the role, and
 * {@link Shares} has room for it; so however many calls sleep, one thread reads on.
 *
 * <p>Nobody is given a role: a standby is woken and takes what is open, see {@link Roles}. To wake
 * one needs no lock and no memory. Where there is none the monitor makes one.
 */
final class WorkerPool {
    /** A driver's verb runs on it; what is not touched costs no memory. */
    static final long STACK_BYTES = 512 * 1024;

    private static final int STANDBYS_KEPT = 2;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A role that stays open for so long gets another standby: the others are stuck or dead. */
    private static final int PATIENCE_ROUNDS = 20;

    private final String name;
    private final IntFunction<Worker> maker;
    private final Roles roles;
    private final Listener listener;
    private final AtomicInteger detached = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();

    // Guarded by this.
    private final List<Worker> alive = new ArrayList<>();
    private int standbyCount;

    // Written under the lock, with the links in the workers; read without it as a hint.
    private volatile @Nullable Worker firstStandby;
    private volatile boolean closed;

    private int roundsOpen; // of the monitor

    /** Hears what the pool cannot act upon itself. Called with hardly any stack left. */
    interface Listener {
        /** A role is open and no standby there; somebody has to call {@link #serveOpenRoles()}. */
        void noStandby();

        /** A call came back from a driver, so that another may park. */
        void mayParkAgain();
    }

    WorkerPool(String name, IntFunction<Worker> maker, Roles roles, Listener listener) {
        this.name = name;
        this.listener = listener;
        this.maker = maker;
        this.roles = roles;
    }

    /** Whether a standby is there, or can be made, for the role of a call that parks. */
    boolean hasStandby() {
        return firstStandby != null || addStandby();
    }

    void detached() {
        detached.incrementAndGet();
    }

    void attached() {
        detached.decrementAndGet();
        listener.mayParkAgain();
    }

    /** The number of calls that are parked or stuck in a driver. */
    int detachedCount() {
        return detached.get();
    }

    /** Makes a standby; false if there is no memory or no thread for it. */
    boolean addStandby() {
        Worker worker = null;
        boolean started = false;
        try {
            worker = maker.apply(made.getAndIncrement());
            if (!admit(worker)) {
                return false;
            }
            worker.thread().start();
            started = true;
        } catch (OutOfMemoryError e) {
            CarefulLog.noThread(name, e);
        } finally {
            if (!started && worker != null) {
                ended(worker);
            }
        }
        return started;
    }

    private synchronized boolean admit(Worker worker) {
        if (!closed) {
            alive.add(worker);
            list(worker);
        }
        return !closed;
    }

    /** A role was opened: has somebody take it. Any thread, with hardly any stack left. */
    void wakeOne() {
        Worker standby = firstStandby;
        if (standby != null) {
            LockSupport.unpark(standby.thread());
        } else {
            listener.noStandby();
        }
    }

    /**
     * Looks whether a role is open, wakes a standby for it once more, and makes one if none comes;
     * called by the monitor in each of its rounds.
     *
     * @return whether a role is open
     */
    boolean serveOpenRoles() {
        if (closed || !roles.isAnyOpen()) {
            roundsOpen = 0;
            return false;
        }
        roundsOpen++;
        Worker standby = firstStandby;
        if (standby == null || roundsOpen % PATIENCE_ROUNDS == 0) {
            addStandby();
        } else {
            LockSupport.unpark(standby.thread());
        }
        return true;
    }

    // The links change in methods that call nothing: a stack overflow cannot end them half-way.

    private synchronized void list(Worker worker) {
        if (worker.isListed || closed) {
            return;
        }
        Worker first = firstStandby;
        worker.isListed = true;
        worker.previousStandby = null;
        worker.nextStandby = first;
        if (first != null) {
            first.previousStandby = worker;
        }
        firstStandby = worker;
        standbyCount++;
    }

    /** Takes a worker off the list if it is on it and more than {@code least} are. */
    private synchronized boolean unlist(Worker worker, int least) {
        if (!worker.isListed || standbyCount <= least) {
            return false;
        }
        Worker before = worker.previousStandby;
        Worker after = worker.nextStandby;
        if (before == null) {
            firstStandby = after;
        } else {
            before.nextStandby = after;
        }
        if (after != null) {
            after.previousStandby = before;
        }
        worker.isListed = false;
        worker.previousStandby = null;
        worker.nextStandby = null;
        standbyCount--;
        return true;
    }

    private synchronized boolean isSurplus() {
        return standbyCount > STANDBYS_KEPT;
    }

    /** A worker without a role waits for one and takes it; false if it is to end. */
    boolean standBy(Worker worker) {
        list(worker); // then looks for a role: see Roles
        boolean surplus = isSurplus();
        long deadline = System.nanoTime() + IDLE_NANOS;
        while (true) {
            if (roles.takeAny(worker)) {
                leave(worker);
                return true;
            }
            if (closed || worker.isRetired()) {
                return false;
            }
            if (surplus) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    surplus = false;
                    if (unlist(worker, STANDBYS_KEPT)) {
                        wakeForOpenRoles();
                        return false;
                    }
                } else {
                    LockSupport.parkNanos(this, left);
                }
            } else {
                LockSupport.park(this);
            }
            // Only requests are interrupted; between them an interrupt would keep park from
            // parking.
            Thread.interrupted();
        }
    }

    private void leave(Worker worker) {
        unlist(worker, 0);
        wakeForOpenRoles();
    }

    // Who opened a role while the worker was the first on the list has woken it, though it has
    // something to do by now. It is off the list since, so who comes later finds the next one.
    private void wakeForOpenRoles() {
        if (roles.isAnyOpen()) {
            wakeOne();
        }
    }

    /** A worker's thread has ended, or never began. */
    void ended(Worker worker) {
        unlist(worker, 0);
        synchronized (this) {
            alive.remove(worker);
        }
        wakeForOpenRoles();
    }

    /** Looks for threads that have died, against all rules; called by the monitor, seldom. */
    void checkAlive() {
        for (int i = 0; ; i++) {
            Worker worker;
            synchronized (this) {
                if (i >= alive.size()) {
                    return;
                }
                worker = alive.get(i);
            }
            if (worker.isLost()) {
                ended(worker);
            }
        }
    }

    /** Ends the standbys now and every other worker when its request has ended. */
    synchronized void close() {
        closed = true;
        firstStandby = null;
        for (int i = 0; i < alive.size(); i++) {
            alive.get(i).retire();
        }
    }

    /** The threads that have not ended. */
    synchronized List<Thread> threads() {
        List<Thread> threads = new ArrayList<>();
        alive.forEach(worker -> threads.add(worker.thread()));
        return threads;
    }
}
