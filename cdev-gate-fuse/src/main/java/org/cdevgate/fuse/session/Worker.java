package org.cdevgate.fuse.session;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.protocol.DecodeError;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.protocol.InitNegotiation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that has a {@link Role} or waits for one, with its buffers.
 *
 * <p>{@code state} is {@code sequence << 2 | phase}:
 *
 * <pre>
 *   IDLE ──request begins──▶ RUNNING ──request ends──▶ IDLE, sequence + 1
 *                               │
 *                               └─ its thread is about to park, or the monitor finds it stuck
 *                                       ▼
 *                                   DETACHED ──request ends──▶ IDLE, sequence + 1, without a role
 * </pre>
 *
 * RUNNING is left by compare-and-set, so either the worker keeps its role or another gets it, never
 * both. Detaching makes the request findable before the role moves, so whoever reads the interrupt
 * for it finds it.
 */
final class Worker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int DETACHED = 2;
    private static final int PHASE = 3;

    private final FuseSession session;
    private final Exchange exchange;
    private final RequestHandler handler;
    private final FuseChannel.Receiver receiver;
    private final Thread thread;

    private final AtomicLong state = new AtomicLong();
    private volatile Role role;
    private volatile boolean retired;

    Worker(FuseSession session, InitNegotiation.Agreed agreed, int number) {
        this.session = session;
        this.exchange = new Exchange(session, this, agreed);
        this.handler = session.newHandler(exchange);
        this.receiver = session.channel().newReceiver(exchange.in());
        this.thread =
                new Thread(
                        null, this, session.name() + "-" + number, WorkerPool.STACK_BYTES, false);
        thread.setDaemon(true);
    }

    Thread thread() {
        return thread;
    }

    /** Gives the waiting worker a role. */
    void assign(Role newRole) {
        role = newRole;
        LockSupport.unpark(thread);
    }

    /** Tells the waiting worker to end. */
    void retire() {
        retired = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        try {
            do {
                Role assigned = role;
                if (assigned != null) { // a new standby has none yet, and may get one right now
                    session.hold(assigned, this);
                    if (assigned == Role.READER) {
                        read();
                    } else {
                        runWoken();
                    }
                    role = null;
                }
            } while (session.workers().awaitRole(this));
        } catch (Throwable e) {
            CarefulLog.error("{}: worker {} ended", session.name(), thread.getName(), e);
            session.connectionEnded();
        } finally {
            session.workers().ended(this);
        }
    }

    boolean hasRole() {
        return role != null;
    }

    boolean isRetired() {
        return retired;
    }

    private void read() {
        FuseRequest request = exchange.request();
        while (true) {
            int length;
            try {
                length = receiver.receiveAfter(exchange.tid());
            } catch (IOException e) {
                LOG.error("{}: cannot receive requests; the mount is dead", session.name(), e);
                length = FuseChannel.CLOSED;
            }
            if (length == FuseChannel.CLOSED) {
                session.connectionEnded();
                return;
            }
            DecodeError error = exchange.check(length);
            if (error != DecodeError.NONE) {
                session.refuse(request, error);
                continue;
            }
            exchange.begin();
            if (!execute()) {
                return;
            }
        }
    }

    private void runWoken() {
        HeldRequest woken;
        while ((woken = session.nextWoken()) != null) {
            exchange.beginAgain(woken);
            if (!execute()) {
                return;
            }
        }
    }

    /** Runs the request; false if the role was given away meanwhile. */
    private boolean execute() {
        long running = (state.get() & ~PHASE) | RUNNING;
        state.set(running);
        session.monitor().wakeIfAsleep();
        try {
            handle();
        } catch (Throwable e) {
            CarefulLog.error(
                    "{}: {} failed; the caller gets EIO",
                    session.name(),
                    FuseOpcode.name(exchange.request().opcode()),
                    e);
        }
        if (!exchange.isAnswered() && FuseOpcode.expectsReply(exchange.request().opcode())) {
            exchange.replyError(Errno.EIO.number());
        }
        long next = ((running & ~PHASE) + PHASE + 1) | IDLE;
        boolean kept = state.compareAndSet(running, next);
        if (!kept) {
            leaveDetached();
            exchange.returned();
            state.set(next);
            session.workers().attached();
        } else if (exchange.isTracked()) {
            exchange.finish(null);
        }
        // Whatever interrupted this thread, a signal for this request or the driver itself, is not
        // for the next one. Nobody interrupts it for this request from here on.
        Thread.interrupted();
        return kept;
    }

    private synchronized void leaveDetached() {
        exchange.finish(session.inFlight().get(exchange.unique()));
    }

    private void handle() {
        FuseRequest request = exchange.request();
        switch (request.opcode()) {
            case FuseOpcode.INTERRUPT -> {
                exchange.noReply();
                session.inFlight().interrupt(request.interruptUnique());
            }
            case FuseOpcode.DESTROY -> exchange.replyError(0);
            case FuseOpcode.NOTIFY_REPLY -> exchange.noReply(); // to what was never asked here
            default -> handler.handle();
        }
    }

    /** Gives the role of the running request away; called on this thread, which will park. */
    void detach() {
        detach(state.get());
    }

    /** What {@link #detach(long)} compares with; 0 when no request runs. */
    long runningState() {
        long current = state.get();
        return (current & PHASE) == RUNNING ? current : 0;
    }

    /** Gives the role away if this request still runs; also called by the monitor. */
    // The compare-and-set decides against the end of the request; a worker that finds it lost takes
    // the lock before it goes on, so the request stays the same in here. The role moves last: who
    // reads an interrupt for the request has got it from here.
    synchronized void detach(long running) {
        if ((running & PHASE) != RUNNING
                || !state.compareAndSet(running, (running & ~PHASE) | DETACHED)) {
            return;
        }
        try {
            track();
        } finally {
            // Also without memory for the entry: an interrupt may then miss the request, but
            // somebody reads.
            exchange.parked();
            session.workers().detached();
            session.passOn(role);
        }
    }

    /** The running request's entry in the table, made if there is none. */
    synchronized HeldRequest track() {
        InFlightTable table = session.inFlight();
        HeldRequest known = table.get(exchange.unique());
        if (known == null) {
            known = new HeldRequest(session, exchange.unique(), exchange.tid(), thread);
            table.put(known);
        }
        return known;
    }
}
