package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
   A driver has chosen late release: its release runs at the last close, also after the removal, and
   touches only memory of its own. The destructor of its private data may touch the device, so it
   runs before the teardown all the same: by the closer, by the remover, or by the remover while the
   closer is still in release. Either runs once.

   Run it alone:  bash cdev-gate/stress/run.sh -t LateReleaseAgainstRemoval
*/
@JCStressTest
@Description("A file with late release is closed while its device is removed.")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Once each, the data destroyed in time.")
@Outcome(
        id = "0, .*, .*",
        expect = FORBIDDEN,
        desc = "The teardown came before the destructor: it works on a device that is freed.")
@Outcome(id = ".*, 0, .*", expect = FORBIDDEN, desc = "Never released.")
@Outcome(expect = FORBIDDEN, desc = "Release or the destructor ran twice.")
@State
public class LateReleaseAgainstRemoval implements FileOperations {
    private final FopsGate gate =
            FopsGate.builder("device", this).lateRelease().onTeardown(this::tearDown).build();
    private final AtomicInteger releases = new AtomicInteger();
    private final AtomicInteger destructors = new AtomicInteger();
    private final OpenFile file = BeforeRemoval.open(gate);
    private int destroyed;
    private int destroyedAtTeardown;

    @Override
    public int open(OpenFile opened, Call call) {
        opened.setPrivateData("data", data -> destroy());
        return 0;
    }

    @Override
    public void release(OpenFile closed, Call call) {
        Spin.upTo(1024, this);
        releases.incrementAndGet();
    }

    private void destroy() {
        destructors.incrementAndGet();
        destroyed = 1; // no volatile: the teardown is ordered after it
    }

    private void tearDown() {
        destroyedAtTeardown = destroyed;
    }

    @Actor
    public void closer() {
        Spin.upTo(128, file); // a removal takes a while to its flag
        gate.front().close(file);
    }

    @Actor
    public void remover(III_Result r) {
        gate.unregisterSync();
        r.r1 = destroyedAtTeardown;
    }

    @Arbiter
    public void afterwards(III_Result r) {
        r.r2 = releases.get();
        r.r3 = destructors.get();
    }
}
