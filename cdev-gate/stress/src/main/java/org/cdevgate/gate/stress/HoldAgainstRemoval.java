package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A hold keeps the device bound for work that no call covers, and belongs to nobody. It is released
   by another thread than the one that took it, while the remover waits for it (ReleasedElsewhere);
   and by two threads at once, of which one is told that it was wrong, and the count stays right
   (ReleasedTwice). How it is taken stands in HoldAgainstFlag.

   Run it alone:  bash cdev-gate/stress/run.sh -t HoldAgainstRemoval
*/
public class HoldAgainstRemoval {
    private static final int STAY = 64;

    private HoldAgainstRemoval() {}

    /** A device that a hold keeps from being freed. */
    private static class Device {
        final FopsGate gate = FopsGate.of("device", new FileOperations() {});
        private boolean freed;
        private int written;

        /** Uses it: 1, or 2 if it was freed. */
        final int use() {
            Spin.upTo(STAY, this);
            written = 1;
            return freed ? 2 : 1;
        }

        /** Removes and frees it; returns what the use has written. */
        final int remove() {
            gate.unregisterSync();
            freed = true;
            return written;
        }
    }

    @JCStressTest
    @Description("A hold is released by another thread while the device is removed.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Waited for; what the holder did is there.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Use after free: held, and not waited for.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "What the holder wrote is not there.")
    @State
    public static class ReleasedElsewhere {
        private final Device device = new Device();
        private final Hold hold = BeforeRemoval.hold(device.gate);

        @Actor
        public void completion(II_Result r) {
            r.r1 = device.use();
            hold.release();
        }

        @Actor
        public void remover(II_Result r) {
            r.r2 = device.remove();
        }
    }

    @JCStressTest
    @Description("Two threads release the same hold.")
    @Outcome(
            id = {"0, 1, 1", "1, 0, 1"},
            expect = ACCEPTABLE,
            desc = "One was told, once counted.")
    @Outcome(
            id = {".*, .*, 0"},
            expect = FORBIDDEN,
            desc = "The count is wrong: the removal waits for a hold that is none.")
    @Outcome(id = "0, 0, 1", expect = FORBIDDEN, desc = "A double release went by unnoticed.")
    @Outcome(id = "1, 1, 1", expect = FORBIDDEN, desc = "Nobody released it.")
    @State
    public static class ReleasedTwice {
        private final Device device = new Device();
        private final Hold hold = BeforeRemoval.hold(device.gate);

        private int refused() {
            try {
                hold.release();
                return 0;
            } catch (IllegalStateException e) {
                return 1;
            }
        }

        @Actor
        public void first(III_Result r) {
            r.r1 = refused();
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = refused();
        }

        @Arbiter
        public void afterwards(III_Result r) {
            r.r3 = device.gate.unregisterSync(Duration.ZERO).isRemoved() ? 1 : 0;
        }
    }
}
