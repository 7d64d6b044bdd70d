package org.cdevgate.bench;

import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.gate.stress.peers.RemovableGate;

/**
 * A LongAdder of the enters, one of the exits and a flag; the remover waits until both sums are
 * equal. Striped counters as the JDK has them: one word while no two threads collide, then a cell
 * for each processor.
 *
 * <pre>
 *   enter:  enters++                                remove:  removing = true
 *           full fence                                       full fence
 *           if (removing) exits++; refuse                    until x == sum of enters:
 *   exit:   release fence                                        x = sum of exits
 *           exits++                                              full fence
 * </pre>
 *
 * <p><b>Correct</b>: a LongAdder promises no order (JDK 17 adds by a release compare-and-set, which
 * a later read may overtake), so the fences make it. A call that reads the flag unset has its fence
 * before the remover's first, so its enter is in every later sum of the enters: each call that got
 * in is counted. <b>The exits are summed first</b>, with a fence between the two: each exit that
 * was summed comes after its own enter's fence, so that enter is in the sum that follows. If the
 * sums are equal, each enter summed has its exit summed, so nobody is inside, and nobody gets in
 * later. Summed the other way round, a refused caller that comes and goes between the sums hides
 * one that is inside. What a call did comes before its exit's fence, and the remover reads that
 * exit before a fence of its own, so it sees it.
 *
 * <p>Exit has no fence after its count, so it could miss a remover that begins to wait; the remover
 * looks again by itself. Callers that come after the flag do not count at all, so each thread
 * disturbs the drain once at most.
 *
 * <p><b>Cannot keep</b>: what striped counters cannot. On x86 the fence of enter is the price of
 * being correct by the memory model; the processor's compare-and-set would do without.
 */
final class LongAdderPairGate implements RemovableGate {
    private static final long TICKET = 1;
    private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(50);

    private final LongAdder enters = new LongAdder();
    private final LongAdder exits = new LongAdder();
    private final Runnable teardown;
    private volatile boolean removing;

    LongAdderPairGate(Runnable teardown) {
        this.teardown = Objects.requireNonNull(teardown, "the teardown");
    }

    @Override
    public long enter() {
        if (removing) {
            return 0;
        }
        enters.increment();
        VarHandle.fullFence();
        if (removing) {
            leave();
            return 0;
        }
        return TICKET;
    }

    @Override
    public void exit(long ticket) {
        if (ticket != TICKET) {
            throw new IllegalArgumentException("ticket " + ticket + " is not of enter()");
        }
        leave();
    }

    private void leave() {
        VarHandle.releaseFence();
        exits.increment();
    }

    /** {@inheritDoc} Other removers wait for the monitor. */
    @Override
    public synchronized boolean unregisterSync() {
        if (removing) {
            return false;
        }
        removing = true;
        VarHandle.fullFence();
        while (!isDrained()) {
            LockSupport.parkNanos(PAUSE); // not at all while interrupted
        }
        teardown.run();
        return true;
    }

    private boolean isDrained() {
        long exited = exits.sum();
        VarHandle.fullFence();
        return exited == enters.sum();
    }
}
