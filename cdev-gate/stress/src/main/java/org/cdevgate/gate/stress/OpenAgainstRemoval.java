package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.front.Caller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
   A process opens the node while the device is removed. If the driver's open has run, the remover
   knows the file and releases it before it comes back; else nobody opened anything.

   Run it alone:  bash cdev-gate/stress/run.sh -t OpenAgainstRemoval
*/
@JCStressTest
@Description("A file is opened while its device is removed.")
@Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "Opened in time, and released.")
@Outcome(id = "0, 0, 0, 0", expect = ACCEPTABLE, desc = "Refused; the driver saw nothing of it.")
@Outcome(
        id = {"1, 1, 1, 0", "1, 1, 0, 0"},
        expect = FORBIDDEN,
        desc = "A file that nobody ever releases: what its open made is leaked.")
@Outcome(expect = FORBIDDEN, desc = "The remover came back before the file was released.")
@State
public class OpenAgainstRemoval {
    private final Tap tap = new Tap();

    @Actor
    public void opener(IIII_Result r) {
        try {
            tap.gate.front().open(0, Caller.local());
            r.r1 = 1;
        } catch (ErrnoException e) {
            r.r1 = 0;
        }
    }

    @Actor
    public void remover(IIII_Result r) {
        tap.gate.unregisterSync();
        r.r3 = tap.destroyed;
    }

    @Arbiter
    public void afterwards(IIII_Result r) {
        r.r2 = tap.opens.get();
        r.r4 = tap.releases.get() * tap.destructors.get();
    }
}
