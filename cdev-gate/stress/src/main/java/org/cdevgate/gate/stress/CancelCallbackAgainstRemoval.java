package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A read sleeps in the driver's own way, here by spinning, and has named to the gate what wakes it.
   If the removal begins before it has done so the callback must fire on the spot, else it must be
   found by the removal; nothing else ever ends the sleep, and the remover waits for the read.

   Run it alone:  bash cdev-gate/stress/run.sh -t CancelCallbackAgainstRemoval
*/
@JCStressTest
@Description("A call registers its cancellation callback while its device is removed.")
@Outcome(id = "-19, 0", expect = ACCEPTABLE, desc = "The read came too late: ENODEV.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The callback fired once.")
@Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Nobody fired it: the read sleeps for ever.")
@Outcome(id = "1, 2", expect = FORBIDDEN, desc = "It fired twice.")
@Outcome(expect = FORBIDDEN, desc = "It fired for a call that never was.")
@State
public class CancelCallbackAgainstRemoval implements FileOperations {
    private static final int WOKEN = 1;
    private static final int OVERSLEPT = 2;

    private final FopsGate gate = FopsGate.of("device", this);
    private final OpenFile file = BeforeRemoval.open(gate);
    private final ByteBuffer buffer = ByteBuffer.allocate(OVERSLEPT);
    private final AtomicInteger fired = new AtomicInteger();

    @Override
    public int read(OpenFile opened, ByteBuffer dst, long position, Call call) {
        call.onCancel(fired::incrementAndGet);
        long start = System.nanoTime();
        while (fired.get() == 0) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(Doorbell.LIMIT_SECONDS)) {
                return OVERSLEPT;
            }
            LockSupport.parkNanos(1_000); // two of the library's threads are needed to fire it
        }
        return WOKEN;
    }

    @Actor
    public void reader(II_Result r) {
        try {
            r.r1 = gate.front().read(file, buffer, 0, Caller.local());
        } catch (ErrnoException e) {
            r.r1 = -e.errno();
        }
    }

    @Actor
    public void remover() {
        gate.unregisterSync();
    }

    @Arbiter
    public void afterwards(II_Result r) {
        r.r2 = fired.get();
    }
}
