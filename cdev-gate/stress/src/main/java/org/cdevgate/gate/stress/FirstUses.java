package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.Caller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A gate makes its set of open files and its counters when they are used first. Two first uses at
   once must end up in the same ones: a file that is lost is never released, a call that is lost is
   missing in the count.

   Run it alone:  bash cdev-gate/stress/run.sh -t FirstUses
*/
@JCStressTest
@Description("Two threads are the first to open a device, and the first that another one refuses.")
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Both files and both refusals are known.")
@Outcome(expect = FORBIDDEN, desc = "A file or a refusal was lost.")
@State
public class FirstUses {
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private final FopsGate gone = FopsGate.of("gone", new FileOperations() {});

    public FirstUses() {
        gone.unregisterSync();
    }

    private void use() {
        try {
            gate.front().open(OpenFlags.O_RDWR, Caller.local());
        } catch (ErrnoException e) {
            throw new AssertionError("a device that nobody removes refused a call", e);
        }
        try {
            gone.enter();
        } catch (ErrnoException e) {
            return; // as it must be
        }
        throw new AssertionError("a removed device let a call in");
    }

    @Actor
    public void first() {
        use();
    }

    @Actor
    public void second() {
        use();
    }

    @Arbiter
    public void count(II_Result r) {
        r.r1 = gate.openFiles().size();
        r.r2 = (int) gone.counters().refused();
    }
}
