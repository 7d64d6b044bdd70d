package org.cdevgate.fuse.session;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.protocol.InitNegotiation;
import org.jspecify.annotations.Nullable;

/**
 * Serves one connection: agrees with the kernel, then lets one worker at a time read requests and
 * run them. A worker whose call is about to park, or is found stuck, hands the reading to another
 * first; so sleeping calls stop nobody, and while nothing sleeps there is only one thread.
 */
public final class FuseSession {
    /** The least that may be held: the largest request must be able to sleep. */
    public static final long MIN_BYTES = Shares.MIN_BYTES;

    private final FuseChannel channel;
    private final String name;
    private final Shares shares;
    private final WorkerPool workers;
    private final InFlightTable inFlight = new InFlightTable();
    private final Notifier notifier;
    private final Monitor monitor;

    private final RunnerWork runner = new RunnerWork(this);
    private final SessionEnd end = new SessionEnd(this);
    private final Roles roles;
    private final Admission admission;
    private final SmallReplies replies;
    private final CallerMemoryPolicy memoryPolicy;

    private RequestHandler.@Nullable Factory handlers; // null until the start, as the next
    private InitNegotiation.@Nullable Agreed agreed;

    /**
     * With the standard bound on bytes.
     *
     * @param channel of a fresh mount
     * @param name for threads and the log
     * @param maxParkedCalls calls of one user that may be parked in one device, 1 or more
     */
    public FuseSession(FuseChannel channel, String name, int maxParkedCalls) {
        this(channel, name, maxParkedCalls, standardBytes());
    }

    /**
     * @param channel of a fresh mount
     * @param name for threads and the log
     * @param maxParkedCalls calls of one user that may be parked in one device, 1 or more
     * @param maxSleepingBytes that the sleeping calls of one user in one device may hold, {@link
     *     #MIN_BYTES} or more
     */
    public FuseSession(
            FuseChannel channel, String name, int maxParkedCalls, long maxSleepingBytes) {
        this.channel = channel;
        this.name = name;
        CarefulLog.prepare();
        this.roles = new Roles(() -> !end.hasBegun(), runner::isWanted);
        this.shares = new Shares(maxParkedCalls, maxSleepingBytes);
        this.workers = new WorkerPool(name, this::newWorker, roles, new PoolListener());
        this.admission = new Admission(name, shares, workers);
        this.replies = new SmallReplies(channel);
        this.notifier = new Notifier(channel, name);
        this.monitor = new Monitor(this);
        this.memoryPolicy = new CallerMemoryPolicy(name);
    }

    /** Lets drivers use the memory of callers; before {@link #start}. */
    public void allowCallerMemory() {
        memoryPolicy.allow();
    }

    /**
     * Answers the kernel's INIT and begins to serve. Returns when requests are being read.
     *
     * @throws IOException if the kernel's protocol is too old or the mount is gone already
     */
    public void start(RequestHandler.Factory factory) throws IOException {
        handlers = factory;
        agreed = new InitHandshake(channel, name).agree();
        notifier.start();
        boolean started = false;
        try {
            monitor.start();
            started = true;
        } finally {
            if (!started) {
                notifier.stop(); // no worker will ever find the end of the connection
            }
        }
        workers.addStandby(); // it finds the reader's role open; the monitor tries again if need be
    }

    FuseChannel channel() {
        return channel;
    }

    String name() {
        return name;
    }

    /** What the sleeping calls of one user in one device may hold unless it is told: bytes. */
    public static long standardBytes() {
        return Shares.standardBytes();
    }

    Shares shares() {
        return shares;
    }

    WorkerPool workers() {
        return workers;
    }

    InFlightTable inFlight() {
        return inFlight;
    }

    Monitor monitor() {
        return monitor;
    }

    /** Where notifications go. */
    public Notifier notifier() {
        return notifier;
    }

    CallerMemoryPolicy memoryPolicy() {
        return memoryPolicy;
    }

    private Worker newWorker(int number) {
        RequestHandler.Factory factory = handlers;
        InitNegotiation.Agreed agreement = agreed;
        if (factory == null || agreement == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return new Worker(this, factory, agreement, number);
    }

    /** Null until {@link #start}. */
    RequestHandler.@Nullable Factory handlers() {
        return handlers;
    }

    Roles roles() {
        return roles;
    }

    RunnerWork runner() {
        return runner;
    }

    Admission admission() {
        return admission;
    }

    SmallReplies replies() {
        return replies;
    }

    SessionEnd end() {
        return end;
    }

    private final class PoolListener implements WorkerPool.Listener {
        @Override
        public void noStandby() {
            monitor.wake();
        }

        @Override
        public void mayParkAgain() {
            runner.hasRoomAgain();
        }
    }

    /** The number of calls parked or stuck in drivers now. */
    public int parkedCalls() {
        return workers.detachedCount();
    }

    /** The bytes that sleeping calls hold now: their messages, and what belongs to each. */
    public long sleepingBytes() {
        return shares.bytes();
    }

    /** Whether something waits for a round of the monitor. */
    boolean isAnythingPending() {
        return !end.hasBegun() && (roles.isAnyOpen() || !runner.isEmpty());
    }

    /** A round of the monitor: what had no thread gets one; true if there was something. */
    boolean servePending() {
        runner.lookForRoom();
        return workers.serveOpenRoles() || !runner.isEmpty();
    }

    /** Whether the worker that has a role runs a request. */
    boolean isBusy(Role role) {
        Worker holder = roles.holder(role);
        return holder != null && holder.isBusy();
    }

    /**
     * Answers the calls whose threads are ending the JVM with ENODEV: they never return, and {@link
     * #close} does not wait for them. Their callers, and the JVM, would wait for each other.
     *
     * @return how many there are; one that began just now may not be found yet
     */
    public int answerExiting() {
        return end.answerExiting();
    }

    /** The mount is about to be taken away by us: its end is no surprise. */
    public void expectEnd() {
        end.expect();
    }

    /**
     * Goes on serving while a condition holds, or a request waits to be read: at the end of the
     * connection who waits for an answer would be told of that instead of the device's removal. For
     * up to three seconds, and not after the kernel has ended the connection.
     *
     * @param most nanoseconds, if less than three seconds
     */
    public void serveWhile(BooleanSupplier condition, long most) {
        end.serveWhile(condition, most);
    }

    /**
     * Stops serving and ends the connection; calls still in a driver are interrupted and waited
     * for. Idempotent. An interrupt of this thread does not end the wait, and stays set.
     *
     * @param timeout how long to wait for them, in nanoseconds
     * @return whether all threads have ended
     */
    public boolean close(long timeout) {
        return end.close(timeout);
    }
}
