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
import org.cdevgate.gate.stress.Doorbell.Sleep;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A call of a device goes to sleep in the doorbell's read while its own device is removed. The
   doorbell stays, and nobody will ever ring.

   The sleeper is on the doorbell's queue, which the remover does not know. It looks at its own
   device's flag before it parks; the remover unparks all that are inside after it has set the flag.
   At least one must see the other.

   Run it alone:  bash cdev-gate/stress/run.sh -t NestedSleepAgainstRemoval
*/
public class NestedSleepAgainstRemoval {
    private NestedSleepAgainstRemoval() {}

    /** A device whose read is the doorbell's. */
    private static final class House implements FileOperations {
        final Doorbell bell;
        final FopsGate gate = FopsGate.of("house", this);
        final OpenFile file;

        House(Sleep sleep) {
            bell = new Doorbell(sleep);
            try {
                file = gate.front().open(0, Caller.local());
            } catch (ErrnoException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            return bell.gate.front().read(bell.file, dst, 0, Caller.local());
        }

        int read() {
            try {
                return gate.front()
                        .read(file, ByteBuffer.allocate(Doorbell.OVERSLEPT), 0, Caller.local());
            } catch (ErrnoException e) {
                return -e.errno();
            }
        }

        /** What is left in the doorbell, which must serve the next one. */
        int left() {
            return bell.queue.sleepers() + bell.gate.callsInFlight().size();
        }
    }

    @JCStressTest
    @Description("A thread parks in another device's verb while its own device is removed.")
    @Outcome(id = "-19, 0", expect = ACCEPTABLE, desc = "ENODEV: refused, looked or woken.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Neither looked nor woken: hangs.")
    @Outcome(expect = FORBIDDEN, desc = "Somebody is left in the doorbell.")
    @State
    public static class Parked {
        private final House house = new House(Sleep.PARKED);

        @Actor
        public void reader(II_Result r) {
            r.r1 = house.read();
            r.r2 = house.left();
        }

        @Actor
        public void remover() {
            house.gate.unregisterSync();
        }
    }

    @JCStressTest
    @Description("A request of a call would block in another device while its own is removed.")
    @Outcome(id = "-19, 0", expect = ACCEPTABLE, desc = "ENODEV: refused, looked or woken.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Neither looked nor woken: hangs.")
    @Outcome(expect = FORBIDDEN, desc = "Somebody is left in the doorbell.")
    @State
    public static class ForALocalCaller {
        private final House house = new House(Sleep.LOCAL_REQUEST);

        @Actor
        public void reader(II_Result r) {
            r.r1 = house.read();
            r.r2 = house.left();
        }

        @Actor
        public void remover() {
            house.gate.unregisterSync();
        }
    }

    /** What the unbinding of a device asks of its work: {@link FopsGate#endSleeps()}. */
    @JCStressTest
    @Description("A thread parks in another device's verb while the sleeps of its own are ended.")
    @Outcome(id = "-19, 0", expect = ACCEPTABLE, desc = "ENODEV: looked or woken.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Neither looked nor woken: hangs.")
    @Outcome(expect = FORBIDDEN, desc = "Somebody is left in the doorbell.")
    @State
    public static class EndSleeps {
        private final House house = new House(Sleep.PARKED);

        @Actor
        public void reader(II_Result r) {
            r.r1 = house.read();
            r.r2 = house.left();
        }

        @Actor
        public void unbinder() {
            house.gate.endSleeps();
        }
    }
}
