package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.abi.Errno;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.Doorbell.Sleep;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/*
   A reader goes to sleep while the device is removed, and nobody will ever ring. The remover wakes
   whom it finds; who comes to the queue after that must be turned away, or it sleeps for ever and
   the remover, which waits for it, too.

   The queue reads the flag under the lock under which the remover takes the sleepers off.

   Run it alone:  bash cdev-gate/stress/run.sh -t SleepAgainstRemoval
*/
public class SleepAgainstRemoval {
    private static final int NO_DEVICE = -Errno.ENODEV.number();
    private static final int TOLD_TWICE = 4;

    private SleepAgainstRemoval() {}

    @JCStressTest
    @Description("A thread parks in a verb while the device is removed.")
    @Outcome(id = "-19", expect = ACCEPTABLE, desc = "ENODEV: refused, turned away or woken.")
    @Outcome(id = "2", expect = FORBIDDEN, desc = "Neither woken nor turned away: hangs.")
    @State
    public static class Parked {
        private final Doorbell bell = new Doorbell(Sleep.PARKED);

        @Actor
        public void reader(I_Result r) {
            r.r1 = bell.read(Caller.local());
        }

        @Actor
        public void remover() {
            bell.gate.unregisterSync();
        }
    }

    @JCStressTest
    @Description("A request goes to sleep without a thread while the device is removed.")
    @Outcome(id = "-19", expect = ACCEPTABLE, desc = "ENODEV: refused, turned away or told once.")
    @Outcome(id = "3", expect = FORBIDDEN, desc = "Told by nobody: the process hangs.")
    @Outcome(id = "4", expect = FORBIDDEN, desc = "Answered twice.")
    @State
    public static class WithoutThread {
        private final Doorbell bell = new Doorbell(Sleep.WITHOUT_THREAD);
        private final ThreadlessFront front = new ThreadlessFront();
        private final Request request = new Request();

        @Actor
        public void reader(I_Result r) {
            r.r1 = bell.readOrSleep(front, request);
        }

        @Actor
        public void remover() {
            bell.gate.unregisterSync();
        }

        @Arbiter
        public void afterwards(I_Result r) {
            int told = request.removed.get();
            boolean asleep = r.r1 == Doorbell.ASLEEP;
            if (asleep && told == 1) {
                r.r1 = NO_DEVICE;
            } else if (told > (asleep ? 1 : 0)) {
                r.r1 = TOLD_TWICE;
            }
        }
    }
}
