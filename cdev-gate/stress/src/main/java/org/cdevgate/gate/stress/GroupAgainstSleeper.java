package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.Doorbell.Sleep;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/*
   A driver has two nodes, a porch and a doorbell: a read of the porch reads the doorbell, and so
   sleeps in both. They are removed as one, the porch first. The drain of the porch waits for the
   read, which nothing but the wake-ups of the doorbell's removal can end; so those must have come
   before.

   Run it alone:  bash cdev-gate/stress/run.sh -t GroupAgainstSleeper
*/
@JCStressTest
@Description("A call of one member sleeps in another one while both are removed.")
@Outcome(id = "-19", expect = ACCEPTABLE, desc = "ENODEV: refused by one of them, or woken.")
@Outcome(id = "2", expect = FORBIDDEN, desc = "Not woken while the remover waits: a deadlock.")
@State
public class GroupAgainstSleeper implements FileOperations {
    private final Doorbell bell = new Doorbell(Sleep.PARKED);
    private final FopsGate porch = FopsGate.of("porch", this);
    private final OpenFile file = BeforeRemoval.open(porch);
    private final ByteBuffer buffer = ByteBuffer.allocate(Doorbell.OVERSLEPT);
    // Drained in the order in which they are torn down, the last one first.
    private final GateGroup both = GateGroup.of(bell.gate, porch);

    @Override
    public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
            throws ErrnoException {
        return bell.gate.front().read(bell.file, dst, 0, Caller.local());
    }

    @Actor
    public void reader(I_Result r) {
        try {
            r.r1 = porch.front().read(file, buffer, 0, Caller.local());
        } catch (ErrnoException e) {
            r.r1 = -e.errno();
        }
    }

    @Actor
    public void remover() {
        both.unregisterSync();
    }
}
