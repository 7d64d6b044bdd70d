package org.cdevgate.gate.stress.inside;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/*
   A hold is taken as a call enters: whoever takes it counts it and then looks at the flag, the
   remover sets the flag and then looks at the count (Taken). A part of a held work begins likewise:
   it is counted before it looks whether the hold was released, since from then on only its own
   count keeps the remover (Begun). Whoever comes second must see the other.

   Who was in time stays until the remover has looked, so that a hold not seen was not over yet.

   Run it alone:  bash cdev-gate/stress/run.sh -t HoldAgainstFlag
*/
public class HoldAgainstFlag {
    private HoldAgainstFlag() {}

    private static class Device {
        final FopsGate gate = FopsGate.of("device", new FileOperations() {});
        private volatile boolean looked;

        final boolean look() {
            boolean empty = GateSteps.hasNoHold(gate);
            looked = true;
            return empty;
        }

        final void awaitLook() {
            while (!looked) {
                Thread.onSpinWait();
            }
        }
    }

    @JCStressTest
    @Description("A hold is taken while a remover sets the flag and looks for holds.")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "Taken in time: waited for.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The flag came first: refused.")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "Seen, and then refused.")
    @Outcome(
            id = "true, true",
            expect = FORBIDDEN,
            desc = "The device is held and the remover does not wait: use after free.")
    @State
    public static class Taken {
        private final Device device = new Device();

        @Actor
        public void holder(ZZ_Result r) {
            try (Hold hold = device.gate.hold("transfer")) {
                r.r1 = !hold.isReleased();
                device.awaitLook();
            } catch (ErrnoException e) {
                r.r1 = false;
            }
        }

        @Actor
        public void remover(ZZ_Result r) {
            GateSteps.setFlag(device.gate);
            r.r2 = device.look();
        }
    }

    @JCStressTest
    @Description("A part of a hold's work begins while the hold is released and looked for.")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "Begun in time: waited for.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The release came first: refused.")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "Seen, and then refused.")
    @Outcome(
            id = "true, true",
            expect = FORBIDDEN,
            desc = "The part runs and the remover does not wait: use after free.")
    @State
    public static class Begun {
        private final Device device = new Device();
        private final Hold hold;

        /** The hold is taken, and then the flag set, before the actors begin. */
        public Begun() {
            try {
                hold = device.gate.hold("transfer");
            } catch (ErrnoException e) {
                throw new AssertionError("refused before the removal", e);
            }
            GateSteps.setFlag(device.gate);
        }

        @Actor
        public void worker(ZZ_Result r) {
            try {
                hold.run(
                        () -> {
                            r.r1 = true;
                            device.awaitLook();
                        });
            } catch (IllegalStateException e) {
                r.r1 = false;
            } catch (Exception e) {
                throw new AssertionError("the part throws nothing", e);
            }
        }

        @Actor
        public void releaser(ZZ_Result r) {
            hold.release();
            r.r2 = device.look();
        }
    }
}
