package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A driver without a single volatile field: what it wrote before it was registered is seen by its
   verbs, and what the verbs wrote is seen by the remover. The gate itself is handed to the caller
   through a data race, the worst that a front could do.

   Run it alone:  bash cdev-gate/stress/run.sh -t VisibilityBothWays
*/
@JCStressTest
@Description("A device is set up, used and removed with plain fields only.")
@Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "The caller did not find the device.")
@Outcome(id = "-2, 0", expect = ACCEPTABLE, desc = "The caller came too late: ENODEV.")
@Outcome(id = "42, 1", expect = ACCEPTABLE, desc = "The verb saw the set-up, the remover the verb.")
@Outcome(id = "0, .*", expect = FORBIDDEN, desc = "The verb ran on a device not set up yet.")
@Outcome(id = "42, 0", expect = FORBIDDEN, desc = "The remover does not see what the verb wrote.")
@State
public class VisibilityBothWays {
    private static final class PlainDriver implements FileOperations {
        int register;
        int reads;

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            reads++;
            return register;
        }
    }

    private FopsGate gate;

    @Actor
    public void owner(II_Result r) {
        PlainDriver driver = new PlainDriver();
        driver.register = 42;
        FopsGate registered = FopsGate.of("device", driver);
        gate = registered;
        for (int i = 0; i < 20; i++) {
            Thread.onSpinWait(); // leaves the caller a moment to find it
        }
        registered.unregisterSync();
        r.r2 = driver.reads;
    }

    @Actor
    public void caller(II_Result r) {
        FopsGate found = gate;
        if (found == null) {
            r.r1 = -1;
            return;
        }
        try {
            OpenFile file = found.front().open(0, Caller.local());
            r.r1 = found.front().read(file, ByteBuffer.allocate(64), 0, Caller.local());
        } catch (ErrnoException e) {
            r.r1 = -2;
        }
    }
}
