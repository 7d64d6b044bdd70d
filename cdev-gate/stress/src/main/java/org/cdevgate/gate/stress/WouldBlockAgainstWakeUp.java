package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
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
   The same question for a verb that returns "would block": it has looked and left the gate long
   before its request joins the queue, so nothing looks again after the joining. The gate's wake
   clock closes the gap: a request that brings an older time than the queue's last wake-up does not
   go to sleep, its verb is run again.

   The arbiter, which runs when both actors are done, finds a request that sleeps for ever without
   waiting for it.

   Run it alone:  bash cdev-gate/stress/run.sh -t WouldBlockAgainstWakeUp
*/
public class WouldBlockAgainstWakeUp {
    private static final int WOKEN = 4;
    private static final int WOKEN_FOR_NOTHING = 5;

    private WouldBlockAgainstWakeUp() {}

    private static int outcome(int result, Doorbell bell, ThreadlessFront front, Request request) {
        if (result != Doorbell.ASLEEP || request.runAgain.get() == 0) {
            return result;
        }
        return bell.read(front) == Doorbell.RUNG ? WOKEN : WOKEN_FOR_NOTHING;
    }

    @JCStressTest
    @Description("A request goes to sleep on a queue for the first time while it is woken.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The verb found the data itself.")
    @Outcome(id = "4", expect = ACCEPTABLE, desc = "The request slept and was woken.")
    @Outcome(id = "3", expect = FORBIDDEN, desc = "Lost wake-up: it sleeps for ever.")
    @Outcome(id = "5", expect = FORBIDDEN, desc = "The verb that is run again sees no data.")
    @State
    public static class FirstSleep {
        private final Doorbell bell = new Doorbell(Sleep.WITHOUT_THREAD);
        private final ThreadlessFront front = new ThreadlessFront();
        private final Request request = new Request();

        @Actor
        public void reader(I_Result r) {
            r.r1 = bell.readOrSleep(front, request);
        }

        @Actor
        public void waker() {
            bell.ring();
        }

        @Arbiter
        public void afterwards(I_Result r) {
            r.r1 = outcome(r.r1, bell, front, request);
        }
    }

    @JCStressTest
    @Description("A request goes to sleep on a queue that knows its gate while it is woken.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The verb found the data itself.")
    @Outcome(id = "4", expect = ACCEPTABLE, desc = "The request slept and was woken.")
    @Outcome(id = "3", expect = FORBIDDEN, desc = "Lost wake-up: it sleeps for ever.")
    @Outcome(id = "5", expect = FORBIDDEN, desc = "The verb that is run again sees no data.")
    @State
    public static class KnownQueue {
        private final Doorbell bell = Doorbell.withKnownQueue(Sleep.WITHOUT_THREAD);
        private final ThreadlessFront front = new ThreadlessFront();
        private final Request request = new Request();

        @Actor
        public void reader(I_Result r) {
            r.r1 = bell.readOrSleep(front, request);
        }

        @Actor
        public void waker() {
            bell.ring();
        }

        @Arbiter
        public void afterwards(I_Result r) {
            r.r1 = outcome(r.r1, bell, front, request);
        }
    }

    /** A caller in this JVM parks its own thread outside the gate, so the waker keeps watch. */
    @JCStressTest
    @Description("A local request parks outside the gate while its queue is woken.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The reader got its data.")
    @Outcome(id = "2", expect = FORBIDDEN, desc = "Lost wake-up: it had to be woken again.")
    @State
    public static class LocalCaller {
        private final Doorbell bell = Doorbell.withKnownQueue(Sleep.WITHOUT_THREAD);
        private volatile boolean read;

        @Actor
        public void reader(I_Result r) {
            r.r1 = Math.max(r.r1, bell.read(Caller.local()));
            read = true;
        }

        @Actor
        public void waker(I_Result r) {
            bell.ring();
            long start = System.nanoTime();
            while (!read) {
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(Doorbell.LIMIT_SECONDS)) {
                    r.r1 = Doorbell.OVERSLEPT;
                    bell.ring();
                }
                Thread.onSpinWait();
            }
        }
    }
}
