package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.removal.SelfRemoval;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A call that is inside enters its own device once more while the device is removed (Inner). The
   inner call is refused at once if it comes after the flag, else it would wait for a remover that
   waits for the outer one. The outer call stays valid all the same: the remover still waits for it.

   Two calls that are both inside remove the device, each with its own call left out of the count
   (LeaveOut). Each waits for the other until that is left out too; neither waits for ever, and the
   teardown runs once. Nothing may be written any more in what is left of the calls.

   Run it alone:  bash cdev-gate/stress/run.sh -t NestedAgainstRemoval
*/
public class NestedAgainstRemoval {
    private NestedAgainstRemoval() {}

    @JCStressTest
    @Description("A call enters once more while the device is removed.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The outer call came too late.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The inner was refused, the outer valid.")
    @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Both were in time.")
    @Outcome(id = "3, .*", expect = FORBIDDEN, desc = "Use after free: the outer was forgotten.")
    @Outcome(expect = FORBIDDEN, desc = "The remover does not see what the calls wrote.")
    @State
    public static class Inner {
        private static final int STAY = 512; // a removal takes a while to its flag

        private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
        private boolean freed;
        private int written;

        @Actor
        public void caller(II_Result r) {
            long outer;
            try {
                outer = gate.enter();
            } catch (ErrnoException e) {
                return;
            }
            written = 1;
            Spin.upTo(STAY, this);
            try {
                long inner = gate.enter();
                written = 2;
                gate.exit(inner);
            } catch (ErrnoException e) {
                Spin.upTo(STAY, this); // what it does about it
            }
            r.r1 = freed ? 3 : written;
            gate.exit(outer);
        }

        @Actor
        public void remover(II_Result r) {
            gate.unregisterSync();
            freed = true;
            r.r2 = written;
        }
    }

    @JCStressTest
    @Description("Two calls in flight remove their device, each left out of the count.")
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
    @Outcome(expect = FORBIDDEN, desc = "The teardown ran twice, or under a call not left out.")
    @State
    public static class LeaveOut {
        private final AtomicInteger inside = new AtomicInteger();
        private int teardowns;
        private boolean atWork;
        private final FopsGate gate =
                FopsGate.builder("device", new FileOperations() {})
                        .onTeardown(this::tearDown)
                        .build();

        private void tearDown() {
            teardowns += atWork ? 2 : 1;
        }

        private long enterBoth() {
            long ticket = BeforeRemoval.enter(gate);
            inside.incrementAndGet();
            while (inside.get() < 2) {
                Thread.onSpinWait();
            }
            return ticket;
        }

        @Actor
        public void first(IIII_Result r) {
            long ticket = enterBoth();
            r.r1 = gate.unregisterSync(SelfRemoval.LEAVE_OUT) ? 1 : 0;
            r.r2 = teardowns;
            gate.exit(ticket);
        }

        @Actor
        public void second(IIII_Result r) {
            long ticket = enterBoth();
            atWork = true;
            Spin.upTo(512, this);
            atWork = false;
            r.r3 = gate.unregisterSync(SelfRemoval.LEAVE_OUT) ? 1 : 0;
            r.r4 = teardowns;
            gate.exit(ticket);
        }
    }
}
