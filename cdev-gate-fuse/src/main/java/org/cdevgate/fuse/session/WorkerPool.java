package org.cdevgate.fuse.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker threads: those with a role, those whose call is parked or stuck in a driver
 * (detached), and a few that stand by to take a role over.
 *
 * <p>A request that may park is let into a driver only while a standby is there for the role, and
 * {@link Shares} has room for it; so however many calls sleep, one thread reads on.
 */
final class WorkerPool {
    /** A driver's verb runs on it; what is not touched costs no memory. */
    static final long STACK_BYTES = 512 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);
    private static final int STANDBYS_KEPT = 2;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long COMPLAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String name;
    private final IntFunction<Worker> maker;
    private final Listener listener;
    private final AtomicInteger detached = new AtomicInteger();

    // Guarded by this.
    private final ArrayDeque<Worker> standbys = new ArrayDeque<>();
    private final ArrayDeque<Role> unassigned = new ArrayDeque<>();
    private final Set<Worker> alive = new HashSet<>();
    private int made;
    private boolean closed;

    // Written under the lock; read without it as a hint.
    private volatile int standbyCount;
    private volatile long lastComplaint = System.nanoTime() - COMPLAIN_NANOS;

    /** Hears what the pool cannot act upon itself. */
    interface Listener {
        /** A role waits for a thread; somebody has to call {@link #retryUnassigned()}. */
        void roleUnassigned();

        /** A call came back from a driver, so that another may park. */
        void mayParkAgain();
    }

    WorkerPool(String name, IntFunction<Worker> maker, Listener listener) {
        this.name = name;
        this.listener = listener;
        this.maker = maker;
    }

    /** Whether a standby is there, or can be made, for the role of a call that parks. */
    boolean hasStandby() {
        return standbyCount > 0 || addStandby();
    }

    private void complain(String text, Object argument) {
        long now = System.nanoTime();
        if (now - lastComplaint >= COMPLAIN_NANOS) {
            lastComplaint = now;
            LOG.warn(name + ": " + text, argument);
        }
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

    private boolean addStandby() {
        Worker worker = start(null);
        return worker != null;
    }

    /** Starts a worker with a role, or as a standby if it is null; null if there is no thread. */
    private synchronized Worker start(Role role) {
        if (closed) {
            return null;
        }
        Worker worker;
        try {
            worker = maker.apply(made);
            if (role != null) {
                worker.assign(role);
            } else {
                standbys.addLast(worker);
                standbyCount = standbys.size();
            }
            alive.add(worker);
            made++;
            worker.thread().start();
            return worker;
        } catch (OutOfMemoryError e) {
            // Of the thread or of its buffers. The worker exists, if at all, in our lists only.
            standbys.removeIf(each -> each.thread().getState() == Thread.State.NEW);
            standbyCount = standbys.size();
            alive.removeIf(each -> each.thread().getState() == Thread.State.NEW);
            complain("no memory or no thread for another worker: {}", e.getMessage());
            return null;
        }
    }

    /** Gives a role to a standby, or to a new worker; keeps it for the next free one if need be. */
    synchronized void assign(Role role) {
        if (closed) {
            return;
        }
        Worker worker = standbys.pollLast();
        standbyCount = standbys.size();
        if (worker != null) {
            worker.assign(role);
        } else if (start(role) == null) {
            unassigned.addLast(role);
            listener.roleUnassigned();
        }
    }

    synchronized boolean hasUnassigned() {
        return !unassigned.isEmpty();
    }

    /** Tries again to find a thread for roles that have none; called by the monitor. */
    synchronized void retryUnassigned() {
        Role role = unassigned.poll();
        if (role != null) {
            assign(role);
        }
    }

    /** A worker without a role waits for one; false if it is to end. */
    boolean awaitRole(Worker worker) {
        boolean surplus;
        synchronized (this) {
            if (closed) {
                return false;
            }
            // A standby may have been given a role before its thread came here. Listed again it
            // would later be handed its own role, while it sleeps.
            if (worker.hasRole()) {
                return true;
            }
            Role role = unassigned.poll();
            if (role != null) {
                worker.assign(role);
                return true;
            }
            surplus = standbys.size() >= STANDBYS_KEPT;
            if (!standbys.contains(worker)) {
                standbys.addLast(worker);
                standbyCount = standbys.size();
            }
        }
        long deadline = System.nanoTime() + IDLE_NANOS;
        while (!worker.hasRole()) {
            if (worker.isRetired()) {
                return false;
            }
            if (surplus) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    synchronized (this) {
                        if (standbys.remove(worker)) {
                            standbyCount = standbys.size();
                            return false;
                        }
                    }
                    surplus = false; // it was given a role just now
                    continue;
                }
                LockSupport.parkNanos(this, left);
            } else {
                LockSupport.park(this);
            }
            // Only requests are interrupted; between them an interrupt would keep park from
            // parking.
            Thread.interrupted();
        }
        return true;
    }

    synchronized void ended(Worker worker) {
        alive.remove(worker);
        standbys.remove(worker);
        standbyCount = standbys.size();
    }

    /** Ends the standbys now and every other worker when its request has ended. */
    void close() {
        List<Worker> all;
        synchronized (this) {
            closed = true;
            standbys.clear();
            standbyCount = 0;
            all = new ArrayList<>(alive);
        }
        all.forEach(Worker::retire);
    }

    /** The threads that have not ended. */
    synchronized List<Thread> threads() {
        List<Thread> threads = new ArrayList<>();
        alive.forEach(worker -> threads.add(worker.thread()));
        return threads;
    }
}
