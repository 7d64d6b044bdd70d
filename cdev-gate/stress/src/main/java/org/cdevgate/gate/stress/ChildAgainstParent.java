package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
   A child device works on its parent's memory, so it is torn down first, whoever removes it. It is
   built while its parent is removed (Built): either the parent's removal takes it along, or it is
   refused, and torn down before the builder hears of it. And it is removed by itself while its
   parent is removed (Removed): the parent's remover comes back after both, as if it had done both.

   Run it alone:  bash cdev-gate/stress/run.sh -t ChildAgainstParent
*/
public class ChildAgainstParent {
    private ChildAgainstParent() {}

    /** A parent whose teardown looks at what became of the child. */
    private static class Family {
        int childTeardowns; // no volatile: who sees 1 is ordered after the child's teardown
        int childTeardownsBefore = -1;
        final FopsGate parent =
                FopsGate.builder("parent", new FileOperations() {})
                        .onTeardown(() -> childTeardownsBefore = childTeardowns)
                        .build();

        final GateBuilder child() {
            return FopsGate.builder("child", new FileOperations() {})
                    .parent(parent)
                    .onTeardown(() -> childTeardowns++);
        }
    }

    @JCStressTest
    @Description("A child is built while its parent is removed.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Built in time, and taken along first.")
    @Outcome(id = "0, .*, 1", expect = ACCEPTABLE, desc = "Refused, and torn down at once.")
    @Outcome(id = "1, .*, 0", expect = FORBIDDEN, desc = "It lives on without a parent.")
    @Outcome(id = "1, 0, .*", expect = FORBIDDEN, desc = "The parent was freed under the child.")
    @Outcome(id = "0, .*, 0", expect = FORBIDDEN, desc = "Refused, and never torn down.")
    @Outcome(expect = FORBIDDEN, desc = "It was torn down twice.")
    @State
    public static class Built {
        private final Family family = new Family();

        @Actor
        public void builder(III_Result r) {
            try {
                Spin.upTo(256, this);
                FopsGate built = family.child().build();
                r.r1 = built.front().isSeekable() ? -1 : 1;
            } catch (IllegalStateException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void remover(III_Result r) {
            family.parent.unregisterSync();
            r.r2 = family.childTeardownsBefore;
        }

        @Arbiter
        public void afterwards(III_Result r) {
            r.r3 = family.childTeardowns;
        }
    }

    @JCStressTest
    @Description("A child is removed by itself while its parent is removed.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Both came back after its teardown.")
    @Outcome(id = "0, .*, .*", expect = FORBIDDEN, desc = "The child's remover came back early.")
    @Outcome(id = ".*, 0, .*", expect = FORBIDDEN, desc = "The parent was freed under the child.")
    @Outcome(
            id = ".*, .*, 0",
            expect = FORBIDDEN,
            desc = "The parent's remover came back with the child's removal not finished.")
    @Outcome(expect = FORBIDDEN, desc = "It was torn down twice.")
    @State
    public static class Removed {
        private final Family family = new Family();
        private final FopsGate child = family.child().build();

        @Actor
        public void childsRemover(III_Result r) {
            child.unregisterSync();
            r.r1 = family.childTeardowns;
        }

        @Actor
        public void parentsRemover(III_Result r) {
            family.parent.unregisterSync();
            r.r2 = family.childTeardownsBefore;
            r.r3 = child.isRemoved() ? 1 : 0;
        }
    }
}
