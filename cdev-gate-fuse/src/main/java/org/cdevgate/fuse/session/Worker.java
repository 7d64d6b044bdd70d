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
        this.receiver = session.channel().newReceiver(exchange.buffer());
        this.thread = new Thread(null, this, session.name() + "-" + number, WorkerPool.STACK_BYTES);
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
            LOG.error("worker {} ended", thread.getName(), e);
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
                length = receiver.receive();
            } catch (IOException e) {
                LOG.error("{}: cannot receive requests; the mount is dead", session.name(), e);
                length = FuseChannel.CLOSED;
            }
            if (length == FuseChannel.CLOSED) {
                session.connectionEnded();
                return;
            }
            DecodeError error = request.wrap(length);
            if (error != DecodeError.NONE) {
                session.refuse(request, error);
                continue;
            }
            exchange.begin();
            if (request.opcode() == FuseOpcode.INTERRUPT) {
                session.inFlight().interrupt(request.interruptUnique());
            } else if (request.opcode() == FuseOpcode.DESTROY) {
                exchange.replyError(0);
            } else if (!execute()) {
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
            handler.handle();
        } catch (Throwable e) {
            LOG.error(
                    "{}: {} failed; the caller gets EIO",
                    session.name(),
                    FuseOpcode.name(exchange.request().opcode()),
                    e);
        }
        if (!exchange.isAnswered()) {
            exchange.replyError(Errno.EIO.number());
        }
        long next = ((running & ~PHASE) + PHASE + 1) | IDLE;
        boolean kept = state.compareAndSet(running, next);
        if (!kept) {
            state.set(next);
            session.workers().attached();
            exchange.finish(track());
        } else if (exchange.isTracked()) {
            exchange.finish(null);
        }
        return kept;
    }

    /** Gives the role of the running request away; called on this thread, which will park. */
    void detach() {
        detach(state.get());
    }

    /** What {@link #detachIfStill} compares with; 0 when no request runs. */
    long runningState() {
        long current = state.get();
        return (current & PHASE) == RUNNING ? current : 0;
    }

    /** Gives the role away if the same request still runs; called by the monitor. */
    boolean detachIfStill(long running) {
        return detach(running);
    }

    // Under the lock the request is tracked and its state changes as one step for the two callers
    // and for hold(); against the end of the request only the compare-and-set counts.
    private synchronized boolean detach(long running) {
        if ((running & PHASE) != RUNNING || state.get() != running) {
            return false;
        }
        Role given = role;
        InFlightTable table = session.inFlight();
        HeldRequest added = null;
        if (table.get(exchange.unique()) == null) {
            added = new HeldRequest(session, exchange.unique(), exchange.pid(), thread);
            table.put(added);
        }
        session.workers().detached();
        if (state.compareAndSet(running, (running & ~PHASE) | DETACHED)) {
            session.passOn(given);
            return true;
        }
        // The request ended meanwhile; what was read of it may even be the next one's.
        session.workers().attached();
        if (added != null) {
            table.remove(added);
        }
        return false;
    }

    /** The running request's entry in the table, made if there is none; on this thread. */
    synchronized HeldRequest track() {
        InFlightTable table = session.inFlight();
        HeldRequest known = table.get(exchange.unique());
        if (known == null) {
            known = new HeldRequest(session, exchange.unique(), exchange.pid(), thread);
            table.put(known);
        }
        return known;
    }
}
