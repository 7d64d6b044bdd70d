package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   The promise itself: once unregisterSync() has returned, nobody is inside. The remover "frees" the
   device then, in a plain field, and looks at what the caller wrote, in another; the caller looks
   at the last moment whether the device it uses was freed under it.

   The caller first fills its store buffer with writes to far memory, as a driver does that has just
   moved data. If publishing a call were a mere store it would wait behind them, unseen by the
   remover, while the caller goes on inside.

   Run it alone:  bash cdev-gate/stress/run.sh -t EnterAgainstRemoval
*/
@JCStressTest
@Description("A caller enters while the device is removed; the remover then frees it.")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The caller came too late and was refused.")
@Outcome(
        id = "1, 1",
        expect = ACCEPTABLE,
        desc = "The caller was inside; the remover waited for it and sees what it wrote.")
@Outcome(
        id = "1, 0",
        expect = FORBIDDEN,
        desc = "The remover did not wait for the caller, or does not see what it wrote.")
@Outcome(
        id = "2, .*",
        expect = FORBIDDEN,
        desc = "Use after free: the caller was inside after unregisterSync() had returned.")
@State
public class EnterAgainstRemoval {
    private static final int STAY = 20;

    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private boolean freed;
    private int written;

    @Actor
    public void caller(II_Result r) {
        FarMemory.write(this);
        long ticket;
        try {
            ticket = gate.enter();
        } catch (ErrnoException e) {
            return;
        }
        for (int i = 0; i < STAY; i++) {
            Thread.onSpinWait();
        }
        written = 1;
        r.r1 = freed ? 2 : 1;
        gate.exit(ticket);
    }

    @Actor
    public void remover(II_Result r) {
        gate.unregisterSync();
        freed = true;
        r.r2 = written;
    }
}
