package org.cdevgate.fuse.session;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.protocol.DecodeError;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.protocol.InitNegotiation;
import org.jspecify.annotations.Nullable;

/**
 * A thread that has a {@link Role} or waits for one, with its buffers.
 *
 * <p>{@code state} is {@code sequence << 3 | phase}:
 *
 * <pre>
 *   IDLE ──request begins──▶ RUNNING ──request ends──▶ IDLE, sequence + 1
 *                               │                       ▲
 *                               │ its thread is about to park, or the monitor finds it stuck
 *                               ▼                       │
 *                            OFFERED ──request ends─────┘  the role was not taken yet: it is kept
 *                               │
 *                               │ another worker takes the role: {@link #bequeath}
 *                               ▼
 *                            DETACHED ──request ends──▶ IDLE, sequence + 1, without a role
 *
 *   LOST: the thread has died with whatever it had
 * </pre>
 *
 * <p>OFFERED is left by compare-and-set, so either the worker keeps its role or another gets it,
 * never both. The thread itself only offers: one compare-and-set and an unpark, whatever is left of
 * its stack; and if the unpark fails for want of stack, the monitor sees the offer. All the rest is
 * done by the heir, on a stack with room: it makes the request findable, then moves the role, then
 * reads; so whoever reads the interrupt for the request finds it.
 *
 * <p>No Error ends the thread. What fails in a request is caught where the request ends, with an
 * answer that needs no memory; what fails elsewhere, in {@link #run}. Both catch whatever comes and
 * do nothing that could fail: no log line, no text, no class that was not used before.
 */
final class Worker implements Runnable {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int OFFERED = 2;
    private static final int DETACHED = 3;
    private static final int LOST = 4;
    private static final int PHASE = 7;
    private static final int NEXT = PHASE + 1;

    private static final int EIO = Errno.EIO.number();

    private final FuseSession session;
    private final Exchange exchange;
    private final RequestHandler handler;
    private final PatientReceiver receiver;
    private final Thread thread;

    private final AtomicLong state = new AtomicLong();
    private volatile boolean retired;

    // What the monitor met, and when; the time is written before the state and read after it.
    private long metAt;
    private volatile long metState;

    // Of the pool, guarded by it.
    @Nullable Worker nextStandby;
    @Nullable Worker previousStandby;
    boolean isListed;

    Worker(
            FuseSession session,
            RequestHandler.Factory handlers,
            InitNegotiation.Agreed agreed,
            int number) {
        this.session = session;
        this.exchange = new Exchange(session, this, agreed);
        this.handler = handlers.newHandler(exchange);
        this.receiver =
                new PatientReceiver(session.channel().newReceiver(exchange.in()), session.name());
        this.thread =
                new Thread(
                        null, this, session.name() + "-" + number, WorkerPool.STACK_BYTES, false);
        thread.setDaemon(true);
    }

    Thread thread() {
        return thread;
    }

    /** Tells the waiting worker to end. */
    void retire() {
        retired = true;
        LockSupport.unpark(thread);
    }

    boolean isRetired() {
        return retired;
    }

    @Override
    public void run() {
        try {
            boolean more = true;
            while (more) {
                Throwable failure = null;
                try {
                    more = serve();
                } catch (Throwable e) {
                    failure = e;
                }
                if (failure != null) {
                    recover(failure);
                }
            }
        } finally {
            session.workers().ended(this);
        }
    }

    /** Acts in the role it has, or waits for one; false if it is to end. */
    private boolean serve() {
        if (session.roles().holder(Role.READER) == this) {
            read();
        } else if (session.roles().holder(Role.RUNNER) == this) {
            runWoken();
        } else {
            return session.workers().standBy(this);
        }
        return true;
    }

    /** Something failed that is no request's; the role, if it has one, is still its own. */
    private void recover(Throwable failure) {
        // Its caller waits, and only this thread has the request: never the next one before. While
        // it tries the monitor finds it stuck, and another reads.
        while (!hasEnded()) {
            LockSupport.parkNanos(PatientReceiver.FAILURE_PAUSE);
        }
        CarefulLog.goingOn(thread, failure);
    }

    private boolean hasEnded() {
        try {
            end();
            return true;
        } catch (Throwable e) {
            return false; // such as an Error because there is no memory: it may be over in a moment
        }
    }

    private void read() {
        while (true) {
            int length = receiver.receiveAfter(exchange.tid());
            if (length == FuseChannel.CLOSED) {
                session.end().begin();
                session.roles().release(Role.READER, this);
                return;
            }
            DecodeError error = exchange.check(length);
            if (error != DecodeError.NONE) {
                refuse(error);
                continue;
            }
            // What interrupted this thread between two requests is for neither.
            Thread.interrupted();
            exchange.begin();
            if (!execute()) {
                return;
            }
        }
    }

    /** A message that cannot be right: answers it if that is possible and wanted, and says so. */
    private void refuse(DecodeError error) {
        FuseRequest request = exchange.request();
        if (error.isAnswerable() && request.opcode().expectsReply()) {
            session.replies().error(request.unique(), EIO);
        }
        CarefulLog.refused(session.name(), request, error);
    }

    private void runWoken() {
        HeldRequest woken;
        while ((woken = session.runner().next(this)) != null) {
            Thread.interrupted(); // now: an interrupt for this request may come with it
            if (exchange.beginAgain(woken) && !execute()) {
                return;
            }
            if (session.roles().isOpen(Role.READER)) {
                session.roles().release(Role.RUNNER, this);
                return; // it stands by, and finds the reader's role first
            }
        }
    }

    /** Runs the request; false if the role was given away meanwhile. */
    private boolean execute() {
        state.set((state.get() & ~PHASE) | RUNNING);
        session.monitor().wakeIfAsleep();
        Throwable failure = null;
        try {
            handle();
        } catch (Throwable e) {
            failure = e;
        }
        if (failure != null) {
            failed(failure);
        }
        return end();
    }

    private void failed(Throwable failure) {
        answer();
        CarefulLog.callFailed(session.name(), exchange.request(), failure);
    }

    private void answer() {
        if (!exchange.isAnswered() && exchange.request().opcode().expectsReply()) {
            exchange.replyError(EIO);
        }
    }

    /** Ends the request, if one runs; false if the role was given away meanwhile. */
    private boolean end() {
        answer();
        while (true) {
            long current = state.get();
            int phase = (int) current & PHASE;
            if (phase == DETACHED) {
                leaveDetached();
                return session.roles().isHolder(this);
            }
            if (phase == IDLE || state.compareAndSet(current, (current & ~PHASE) + NEXT)) {
                // Nobody else looks at the request from here on.
                if (metState == current && System.nanoTime() - metAt >= Pace.SLOW_NANOS) {
                    exchange.foundSlow();
                }
                exchange.finish();
                return true;
            }
        }
    }

    // An heir that has made it findable may not have moved the role yet: under the lock it either
    // has, or never will, and the role is kept.
    private void leaveDetached() {
        synchronized (this) {
            exchange.finish();
            exchange.returned();
            state.set((state.get() & ~PHASE) + NEXT);
        }
        session.workers().attached();
    }

    private void handle() {
        FuseRequest request = exchange.request();
        FuseOpcode opcode = request.opcode();
        if (opcode == FuseOpcode.INTERRUPT) {
            exchange.noReply();
            session.inFlight().interrupt(request.interruptUnique());
        } else if (opcode == FuseOpcode.DESTROY) {
            exchange.replyError(0);
        } else if (opcode == FuseOpcode.NOTIFY_REPLY) {
            exchange.noReply(); // to what was never asked here
        } else {
            handler.handle();
        }
    }

    /** Offers the role of the running request; called on this thread, which will park. */
    void offer() {
        offer(state.get());
    }

    /**
     * Offers the role if this request still runs; also called by the monitor, whose thread needs a
     * standby as well.
     *
     * @param running of {@link #runningState()}
     */
    void offer(long running) {
        if ((running & PHASE) == RUNNING
                && state.compareAndSet(running, running - RUNNING + OFFERED)) {
            session.workers().wakeOne();
        }
    }

    /**
     * The monitor met a request that runs: when it ends, the thread looks at a clock, which it does
     * not for each request.
     *
     * @param running of {@link #runningState()}
     */
    void meet(long running) {
        metAt = System.nanoTime();
        metState = running;
    }

    /** The monitor has found the running request stuck in a driver. */
    void foundStuck() {
        exchange.foundSlow();
    }

    /** What {@link #offer(long)} compares with; 0 when no request runs, or its role is offered. */
    long runningState() {
        long current = state.get();
        return (current & PHASE) == RUNNING ? current : 0;
    }

    /** Whether it has not answered the request with which it has its role. */
    boolean isBusy() {
        return (state.get() & PHASE) != IDLE;
    }

    /** Whether its role is for another to take. */
    boolean isLeaving() {
        return ((int) state.get() & PHASE) > RUNNING;
    }

    /**
     * Gives an offered role to another worker, on that one's thread.
     *
     * @param heir null if nobody needs the role
     * @return false if the request has ended before, or another was faster
     */
    // The compare-and-set decides against the end of the request. The end of a request that it
    // finds detached waits for the lock, so the request stays the same in here.
    synchronized boolean bequeath(Role role, @Nullable Worker heir) {
        long current = state.get();
        if ((current & PHASE) == OFFERED) {
            if (!exchange.reserve()
                    || !state.compareAndSet(current, current - OFFERED + DETACHED)) {
                return false;
            }
            exchange.parked();
            session.workers().detached();
        } else if ((int) (current & PHASE) <= RUNNING) {
            return false;
        }
        if ((state.get() & PHASE) == DETACHED) {
            exchange.track();
        }
        return session.roles().move(role, this, heir);
    }

    /** The running request's entry in the table, made if there is none. */
    synchronized HeldRequest track() {
        return exchange.track();
    }

    /** Whether others can find the running request, or could without memory. */
    synchronized boolean isFindable() {
        return exchange.isFindable();
    }

    /** The device that the request enters is known now: if it counts already, it counts there. */
    synchronized void chargeAgain() {
        if ((state.get() & PHASE) == DETACHED) {
            exchange.parkedIn();
        }
    }

    /**
     * Whether the thread has died, against all rules; asked by the monitor. Its request then gets
     * an answer, and its role is for another to take.
     */
    synchronized boolean isLost() {
        if (thread.isAlive() || thread.getState() != Thread.State.TERMINATED) {
            return false;
        }
        long current = state.get();
        int phase = (int) current & PHASE;
        if (phase != LOST) {
            if (!exchange.isAnswered() && exchange.request().opcode().expectsReply()) {
                session.replies().error(exchange.unique(), EIO);
            }
            exchange.finish();
            exchange.returned();
            state.set((current & ~PHASE) + LOST);
            if (phase == DETACHED) {
                session.workers().attached();
            }
        }
        return true;
    }
}
