package org.cdevgate.device.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.async.DeviceTimer;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.gate.stress.Spin;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A timer sets itself again each time it runs, and is deleted. After deleteSync() it is not set and
   does not run, so what it used is freed, in a plain field.

   Run it alone:  bash cdev-gate/stress/run.sh -t TimerAgainstDelete
*/
@JCStressTest
@Description("A timer that sets itself again is deleted, and what it uses freed.")
@Outcome(id = "(0|1), 0", expect = ACCEPTABLE, desc = "Deleted before its time, or after a run.")
@Outcome(id = "2, .*", expect = FORBIDDEN, desc = "It used what was freed after deleteSync().")
@Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "It is set after deleteSync().")
@State
public class TimerAgainstDelete {
    private static final int LATE = 1024;
    private static final int STAY = 64;

    private DeviceTimer timer;
    private volatile boolean set;
    private boolean freed; // no volatile: deleteSync() comes before, runs before that
    private int used;

    /** The device is bound before the actors begin. */
    public TimerAgainstDelete() {
        new Machine().bind("device", this::probe);
    }

    private void probe(BoundDevice bound) {
        timer = DeviceTimer.setup(bound, "timer", this::run);
    }

    private void run(BoundDevice bound) {
        bound.check();
        Spin.upTo(STAY, this);
        used = Math.max(used, freed ? 2 : 1);
        timer.mod(Duration.ZERO);
    }

    @Actor
    public void driver() {
        timer.mod(Duration.ZERO);
        set = true;
    }

    @Actor
    public void remover(II_Result r) {
        while (!set) {
            LockSupport.parkNanos(1_000); // the timers' thread has work to do
        }
        Spin.upTo(LATE, this);
        timer.deleteSync();
        freed = true;
        r.r2 = timer.isPending() ? 1 : 0;
    }

    @Arbiter
    public void afterwards(II_Result r) {
        r.r1 = used;
    }
}
