package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
   Two threads remove the same device, as a hot-unplug event and a shutdown do. Each frees what it
   knows of when it comes back, so both must come back after the teardown, whose writes, plain ones,
   they see; and one of them is told that it did it.

   Run it alone:  bash cdev-gate/stress/run.sh -t TwoRemovers
*/
@JCStressTest
@Description("Two threads call unregisterSync() and look whether the teardown has run.")
@Outcome(id = "1, 1, 0, 1", expect = ACCEPTABLE, desc = "The first did it.")
@Outcome(id = "0, 1, 1, 1", expect = ACCEPTABLE, desc = "The second did it.")
@Outcome(
        id = {"1, 1, 1, 1", "0, 1, 0, 1"},
        expect = FORBIDDEN,
        desc = "Both or none were told that they did it: a double free or a leak.")
@Outcome(
        id = {".*, 0, .*, .*", ".*, .*, .*, 0"},
        expect = FORBIDDEN,
        desc = "A remover came back before the teardown had run.")
@Outcome(expect = FORBIDDEN, desc = "The teardown ran twice.")
@State
public class TwoRemovers {
    private int teardowns;
    private final FopsGate gate =
            FopsGate.builder("device", new FileOperations() {}).onTeardown(this::tearDown).build();

    private void tearDown() {
        teardowns++;
    }

    @Actor
    public void first(IIII_Result r) {
        r.r1 = gate.unregisterSync() ? 1 : 0;
        r.r2 = teardowns;
    }

    @Actor
    public void second(IIII_Result r) {
        r.r3 = gate.unregisterSync() ? 1 : 0;
        r.r4 = teardowns;
    }
}
