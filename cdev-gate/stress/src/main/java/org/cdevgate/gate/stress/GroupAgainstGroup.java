package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
   Two groups have the same two members, in opposite order, and are removed at once. Each run wins
   some steps of some members and has to wait for the other run's; they must not wait for each other
   in a circle. Each member is torn down once, maybe both at the same time, and both removers come
   back after both teardowns, whose writes, plain ones, they see.

   The second and fourth number count the teardowns of the members, each in a digit of its own.

   Run it alone:  bash cdev-gate/stress/run.sh -t GroupAgainstGroup
*/
@JCStressTest
@Description("Two groups of the same two gates in opposite order are removed at once.")
@Outcome(
        id = {"1, 11, 0, 11", "0, 11, 1, 11"},
        expect = ACCEPTABLE,
        desc = "One of them did both.")
@Outcome(id = "1, 11, 1, 11", expect = ACCEPTABLE, desc = "Each did one.")
@Outcome(id = "0, 11, 0, 11", expect = FORBIDDEN, desc = "Nobody was told that they did it.")
@Outcome(
        id = {".*, (0|1|10), .*, .*", ".*, .*, .*, (0|1|10)"},
        expect = FORBIDDEN,
        desc = "A remover came back before a member's teardown had run.")
@Outcome(expect = FORBIDDEN, desc = "A member was torn down twice.")
@State
public class GroupAgainstGroup {
    private int leftTeardowns;
    private int rightTeardowns;
    private final FopsGate left =
            FopsGate.builder("left", new FileOperations() {})
                    .onTeardown(() -> leftTeardowns++)
                    .build();
    private final FopsGate right =
            FopsGate.builder("right", new FileOperations() {})
                    .onTeardown(() -> rightTeardowns++)
                    .build();
    private final GateGroup oneWay = GateGroup.of(left, right);
    private final GateGroup otherWay = GateGroup.of(right, left);

    private int teardowns() {
        return leftTeardowns * 10 + rightTeardowns;
    }

    @Actor
    public void first(IIII_Result r) {
        r.r1 = oneWay.unregisterSync() ? 1 : 0;
        r.r2 = teardowns();
    }

    @Actor
    public void second(IIII_Result r) {
        r.r3 = otherWay.unregisterSync() ? 1 : 0;
        r.r4 = teardowns();
    }
}
