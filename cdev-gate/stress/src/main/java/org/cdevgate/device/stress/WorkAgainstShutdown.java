package org.cdevgate.device.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.locks.LockSupport;
import org.cdevgate.async.Work;
import org.cdevgate.async.WorkQueue;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.gate.stress.Spin;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
   Two work items of a device that goes. One queues itself again each time; after cancelSync() it
   neither runs nor is queued, and what it used is freed. The other is queued while the device is
   unbound: either it is refused, or it has run when the unbinding is over.

   Run it alone:  bash cdev-gate/stress/run.sh -t WorkAgainstShutdown
*/
@JCStressTest
@Description("Work is queued and runs while it is cancelled and its device unbound.")
@Outcome(id = "0, 0, (0|1)", expect = ACCEPTABLE, desc = "Queued too late, and refused.")
@Outcome(id = "1, 1, (0|1)", expect = ACCEPTABLE, desc = "Queued, and run before the end.")
@Outcome(id = ".*, .*, 2", expect = FORBIDDEN, desc = "It used what was freed after cancelSync().")
@Outcome(
        id = "1, 0, .*",
        expect = FORBIDDEN,
        desc = "Queued, and it has not run, or its writes are not there.")
@Outcome(expect = FORBIDDEN, desc = "It ran twice, or though it was refused.")
@State
public class WorkAgainstShutdown {
    private static final int LATE = 256;
    private static final int STAY = 64;

    private final Device device = new Machine().bind("device", this::probe);
    private Work poll;
    private Work once;
    private volatile boolean queued;
    private volatile boolean cancelled;
    private boolean freed; // no volatile: cancelSync() comes before, runs before that
    private int polled;
    private int runs;

    private void probe(BoundDevice bound) {
        WorkQueue queue = WorkQueue.alloc(bound, "stress-work", 1);
        poll = queue.work("poll", this::poll);
        once = queue.work("once", running -> runs++);
    }

    private void poll(BoundDevice bound) {
        bound.check();
        Spin.upTo(STAY, this);
        polled = Math.max(polled, freed ? 2 : 1);
        poll.queue();
    }

    @Actor
    public void interrupt(III_Result r) {
        poll.queue();
        queued = true;
        while (!cancelled) {
            LockSupport.parkNanos(1_000); // the queue's thread has work to do
        }
        Spin.upTo(LATE, this);
        r.r1 = once.queue() ? 1 : 0;
    }

    @Actor
    public void remover(III_Result r) {
        while (!queued) {
            LockSupport.parkNanos(1_000);
        }
        Spin.upTo(LATE, this);
        poll.cancelSync();
        freed = true;
        cancelled = true;
        device.unbind();
        r.r2 = runs;
    }

    @Arbiter
    public void afterwards(III_Result r) {
        r.r3 = polled;
    }
}
