package org.cdevgate.gate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.internal.TimelineRecorder;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * The end of one gate's {@link Removal}, when nothing is in flight any more: files are released,
 * listeners told, teardowns run, by the one waiter that claims it. One that meets an Error gives
 * the claim up, and the next goes on where it stood.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
final class Teardown {
    private static final VarHandle CLAIMED;

    static {
        try {
            CLAIMED =
                    MethodHandles.lookup().findVarHandle(Teardown.class, "claimed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final FopsGate gate;
    private final Removal removal;
    private final RemovalLog log;
    private final List<DriverAction> teardowns;

    private volatile boolean claimed; // through CLAIMED
    private volatile boolean finished;

    /** Who is at it. */
    private volatile @Nullable Thread ender;

    // By the one that claimed it.
    private int released;
    private int toldOfDrain;
    private int tornDown;
    private int toldOfTeardown;

    Teardown(FopsGate gate, Removal removal, RemovalLog log, List<DriverAction> teardowns) {
        this.gate = gate;
        this.removal = removal;
        this.log = log;
        this.teardowns = List.copyOf(teardowns);
    }

    /**
     * Waits until it has finished, and does the teardown, or what an Error has left of it, if
     * nobody else is at it. All is drained.
     *
     * @return where the teardown ended; {@link End#NOWHERE} if the wait ended early
     */
    End finish(Drain drain) {
        while (!finished) {
            StackRoom.requireToLink(); // before the claim: others wait for who has it
            if (CLAIMED.compareAndSet(this, false, true)) {
                try {
                    tearDown(drain);
                } catch (Throwable e) {
                    claimed = false; // also if it could not even be entered
                    throw e;
                }
                return End.HERE;
            }
            if (!drain.await(gate, () -> finished || !claimed, "the teardown")) {
                return End.NOWHERE;
            }
        }
        return End.ELSEWHERE;
    }

    enum End {
        HERE,
        ELSEWHERE,
        NOWHERE
    }

    boolean isFinished() {
        return finished;
    }

    // the end, by the one that claimed it

    /** Inside calls of its own, so that reports name it and a self-removal from it is found. */
    private void tearDown(Drain wait) {
        try {
            StackRoom.requireToLink();
            wait.holdBackInterrupt();
            ender = Thread.currentThread();
            log.note("noting the end of the drain", RemovalTrace::drained);
            log.end(removal.drainPhase());
            TimelineRecorder.PhaseSpan phase = log.begin(RemovalPhase.RELEASE);
            releaseFiles(wait);
            tellDrained(wait);
            log.end(phase);
            phase = log.begin(RemovalPhase.TEARDOWN);
            runTeardowns(wait);
            log.end(phase);
            log.note("noting the end", trace -> trace.finished(released));
            ender = null;
            finished = true;
        } catch (Throwable e) {
            ender = null;
            throw e;
        }
        leaveParent(); // whose remover looks no more whether this has finished
        removal.wakeWaiters();
    }

    private void leaveParent() {
        FopsGate parent = gate.parent();
        if (parent != null) {
            parent.children().remove(gate);
        }
    }

    private void releaseFiles(Drain wait) {
        for (OpenFile file : gate.files().all()) {
            // Anew for each: a virtual thread gives its record back with its last call.
            Frame call = Frame.push(gate.ref(), Verb.RELEASE, file);
            try {
                gate.files().finishAtRemoval(file, call);
            } catch (RuntimeException e) {
                log.failed("the release of a file", e);
            } finally {
                try {
                    call.record.pop(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            released++;
            wait.holdBackInterrupt();
        }
    }

    private void tellDrained(Drain wait) {
        if (toldOfDrain == removal.listeners().size()) {
            return;
        }
        Frame call = Frame.push(gate.ref(), Verb.TEARDOWN, null);
        try {
            while (toldOfDrain < removal.listeners().size()) {
                RemovalListener listener = removal.listeners().get(toldOfDrain);
                Throwable failed = null;
                try {
                    listener.onDrained();
                } catch (Throwable e) {
                    failed = e;
                }
                toldOfDrain++;
                log.failed("a removal listener", failed);
                wait.holdBackInterrupt();
            }
        } finally {
            try {
                call.record.pop(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    private void runTeardowns(Drain wait) {
        Frame call = Frame.push(gate.ref(), Verb.TEARDOWN, null);
        try {
            while (tornDown < teardowns.size()) {
                DriverAction teardown = teardowns.get(teardowns.size() - 1 - tornDown);
                Throwable failed = null;
                try {
                    teardown.run();
                } catch (Throwable e) {
                    failed = e;
                }
                tornDown++;
                log.failed("a teardown", failed);
                wait.holdBackInterrupt();
            }
            while (toldOfTeardown < removal.listeners().size()) {
                RemovalListener listener = removal.listeners().get(toldOfTeardown);
                Throwable failed = null;
                try {
                    listener.onTornDown();
                } catch (Throwable e) {
                    failed = e;
                }
                toldOfTeardown++;
                log.failed("a removal listener", failed);
                wait.holdBackInterrupt();
            }
            // A queue may outlive the device; it must not keep it reachable.
            for (GateWaiters waiters : gate.queues().all()) {
                waiters.forget();
            }
        } finally {
            try {
                call.record.pop(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    /** Whether a thread is at it, whose own calls may sleep in another gate. */
    boolean isDoneBy(Thread thread) {
        return thread == ender;
    }
}
