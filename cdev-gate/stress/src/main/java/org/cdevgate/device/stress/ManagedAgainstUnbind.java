package org.cdevgate.device.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.devres.Devres;
import org.cdevgate.gate.stress.Meeting;
import org.cdevgate.gate.stress.Spin;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
   A driver releases one managed resource early and registers another, while the device is unbound.
   Each is released once: by the driver or by the unbinding, or, if the registration came too late,
   before the driver hears of it.

   Run it alone:  bash cdev-gate/stress/run.sh -t ManagedAgainstUnbind
*/
@JCStressTest
@Description("A resource is released early and another registered, while all are released.")
@Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "Released early; registered in time.")
@Outcome(id = "1, 0, 1, 1", expect = ACCEPTABLE, desc = "Released early; registered too late.")
@Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "Too late for both.")
@Outcome(id = "0, 1, .*, .*", expect = FORBIDDEN, desc = "Registered after the releases.")
@Outcome(
        id = ".*, -1, .*, .*",
        expect = FORBIDDEN,
        desc = "Refused, and not released when the driver hears of it.")
@Outcome(
        id = {".*, .*, 0, .*", ".*, .*, .*, 0"},
        expect = FORBIDDEN,
        desc = "A resource was never released: a leak.")
@Outcome(expect = FORBIDDEN, desc = "A resource was released twice.")
@State
public class ManagedAgainstUnbind {
    private static final int LATE = 8;

    private final Meeting meeting = new Meeting();
    private final Devres devres = new Devres("device");
    private final AtomicInteger firstReleases = new AtomicInteger();
    private final AtomicInteger secondReleases = new AtomicInteger();

    /** The first resource is there before the actors begin. */
    public ManagedAgainstUnbind() {
        devres.add("first", firstReleases, AtomicInteger::incrementAndGet);
    }

    @Actor
    public void driver(IIII_Result r) {
        meeting.first(1);
        Spin.upTo(LATE, meeting);
        r.r1 = devres.release(firstReleases) ? 1 : 0;
        try {
            devres.add("second", secondReleases, AtomicInteger::incrementAndGet);
            r.r2 = 1;
        } catch (IllegalStateException e) {
            r.r2 = secondReleases.get() - 1;
        }
    }

    @Actor
    public void unbinder() {
        meeting.second(1);
        Spin.upTo(LATE, this);
        devres.releaseAll();
    }

    @Arbiter
    public void afterwards(IIII_Result r) {
        r.r3 = firstReleases.get();
        r.r4 = secondReleases.get();
    }
}
