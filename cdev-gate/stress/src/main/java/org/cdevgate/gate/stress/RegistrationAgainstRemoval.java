package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.RemovalListener;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
   A registration fails half-way: the device has its name, may have been found by it, and is now
   drained and torn down by the registrant as by any remover. At the same time somebody who found it
   removes it. Both come back after the one teardown; and the name is taken away in either way a
   front has: its listener is told, or it came too late to listen and knows that it must do it.

   Run it alone:  bash cdev-gate/stress/run.sh -t RegistrationAgainstRemoval
*/
@JCStressTest
@Description("A registration that fails is undone while another thread removes the device.")
@Outcome(id = "1, -1, 1, 0", expect = ACCEPTABLE, desc = "The other found no device.")
@Outcome(id = "1, 1, 1, 0", expect = ACCEPTABLE, desc = "Both came back after the teardown.")
@Outcome(
        id = {"0, .*, .*, .*", ".*, 0, .*, .*"},
        expect = FORBIDDEN,
        desc = "One of them came back before the teardown had run.")
@Outcome(
        id = ".*, .*, (0|2), .*",
        expect = FORBIDDEN,
        desc = "The front was told of the removal never or twice.")
@Outcome(id = ".*, .*, .*, 1", expect = FORBIDDEN, desc = "The name leads to a dead device.")
@Outcome(expect = FORBIDDEN, desc = "The teardown ran twice.")
@State
public class RegistrationAgainstRemoval implements RemovalListener {
    private int teardowns;
    private int told; // that the name has to go: by the gate, or by being refused
    private volatile FopsGate name;
    private volatile boolean over;

    @Override
    public void onFlagged() {
        told++;
        name = null;
    }

    @Actor
    public void registrant(IIII_Result r) {
        FopsGate gate =
                FopsGate.builder("device", new FileOperations() {})
                        .onTeardown(() -> teardowns++)
                        .build();
        name = gate;
        try {
            gate.front().addRemovalListener(this);
        } catch (ErrnoException e) {
            onFlagged();
        }
        // The next step fails: no interrupt line, no memory.
        gate.unregisterSync();
        r.r1 = teardowns;
        over = true;
    }

    @Actor
    public void remover(IIII_Result r) {
        FopsGate found;
        while ((found = name) == null) {
            if (over) {
                r.r2 = -1;
                return;
            }
            Thread.onSpinWait();
        }
        found.unregisterSync();
        r.r2 = teardowns;
    }

    @Arbiter
    public void afterwards(IIII_Result r) {
        r.r3 = told;
        r.r4 = name == null ? 0 : 1;
    }
}
