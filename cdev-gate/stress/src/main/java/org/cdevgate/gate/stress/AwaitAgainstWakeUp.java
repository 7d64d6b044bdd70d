package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.Doorbell.Sleep;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/*
   A reader finds no data and parks its thread; at the same moment the driver stores data and wakes
   the queue. The wake-up must not fall between the reader's look and its sleep.

   Call.await looks again after it has joined the queue, so either that look sees the data or the
   waker sees the sleeper. A reader that is missed here oversleeps its limit of seconds.

   FirstSleep has a queue on which nobody has slept yet, which a wake-up passes by without a lock;
   KnownQueue has one that knows the gate.

   Run it alone:  bash cdev-gate/stress/run.sh -t AwaitAgainstWakeUp
*/
public class AwaitAgainstWakeUp {
    private AwaitAgainstWakeUp() {}

    @JCStressTest
    @Description("A thread parks on a queue for the first time while the queue is woken.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The reader got its data.")
    @Outcome(id = "2", expect = FORBIDDEN, desc = "Lost wake-up: it slept with its data there.")
    @State
    public static class FirstSleep {
        private final Doorbell bell = new Doorbell(Sleep.PARKED);

        @Actor
        public void reader(I_Result r) {
            r.r1 = bell.read(Caller.local());
        }

        @Actor
        public void waker() {
            bell.ring();
        }
    }

    @JCStressTest
    @Description("A thread parks on a queue that knows its gate while the queue is woken.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The reader got its data.")
    @Outcome(id = "2", expect = FORBIDDEN, desc = "Lost wake-up: it slept with its data there.")
    @State
    public static class KnownQueue {
        private final Doorbell bell = Doorbell.withKnownQueue(Sleep.PARKED);

        @Actor
        public void reader(I_Result r) {
            r.r1 = bell.read(Caller.local());
        }

        @Actor
        public void waker() {
            bell.ring();
        }
    }
}
