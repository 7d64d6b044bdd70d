package org.cdevgate.gate.stress.inside;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.PollWatcher;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.stress.ThreadlessFront;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/*
   A request goes to sleep for a limited time: it joins the queue and then starts its timer, since a
   timer that comes first may find nobody there. So a wake-up may come before there is a timer to
   cancel (LongTime), and the end of the time may meet a wake-up (NoTime). One that comes before it
   joins the queue has it run again at once.

   Run it alone:  bash cdev-gate/stress/run.sh -t TimerAgainstWakeUp
*/
public class TimerAgainstWakeUp {
    /** Longer than any pause of a busy machine. */
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(5);

    private TimerAgainstWakeUp() {}

    private static class Sleeping {
        final WaitQueue queue = new WaitQueue("queue");
        final Request request;
        private final ThreadlessFront front = new ThreadlessFront();
        private final FopsGate gate;

        /** Of a read that has looked and found nothing. */
        Sleeping(long seconds) {
            FileOperations driver =
                    new FileOperations() {
                        @Override
                        public int poll(OpenFile file, Call call) {
                            call.pollWait(queue);
                            return 0;
                        }

                        @Override
                        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                            return call.wouldBlock(queue, seconds, TimeUnit.SECONDS);
                        }
                    };
            gate = FopsGate.of("device", driver);
            OpenFile file = gate.front().newFile(0, front);
            request = new Request();
            try {
                gate.front().open(file, front);
                // The first sleep on a queue that does not know the gate may be of one just woken.
                gate.front().poll(file, front, new Watcher());
                gate.front().read(file, ByteBuffer.allocate(1), 0, front);
            } catch (ErrnoException e) {
                throw new AssertionError("refused without a removal", e);
            }
        }

        final void sleep() {
            if (!gate.front().sleep(request, front)) {
                request.runAgain();
            }
        }
    }

    @JCStressTest
    @Description("A request that goes to sleep with a timer is woken.")
    @Outcome(id = "1, false", expect = ACCEPTABLE, desc = "Woken, and no timer is left.")
    @Outcome(
            id = "1, true",
            expect = FORBIDDEN,
            desc = "The timer of one that was woken keeps it in memory until its time is over.")
    @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "It sleeps through its wake-up.")
    @State
    public static class LongTime extends Sleeping {
        /** Asleep for an hour. */
        public LongTime() {
            super(TimeUnit.HOURS.toSeconds(1));
        }

        @Actor
        public void sleeper() {
            sleep();
        }

        @Actor
        public void waker() {
            queue.wakeUp();
        }

        @Arbiter
        public void afterwards(IZ_Result r) {
            r.r1 = request.runAgain.get();
            r.r2 = GateSteps.isTimed(request);
            request.wake();
        }
    }

    @JCStressTest
    @Description("A request is woken just when its time is over.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "One of the two has it run again.")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "Nobody has: it sleeps for ever.")
    @Outcome(id = "2", expect = FORBIDDEN, desc = "Both have: answered twice.")
    @State
    public static class NoTime extends Sleeping {
        /** Not asleep at all. */
        public NoTime() {
            super(0);
        }

        @Actor
        public void sleeper() {
            sleep();
        }

        @Actor
        public void waker() {
            queue.wakeUp();
        }

        @Arbiter
        public void afterwards(I_Result r) {
            // A timer that runs looks over to who stops it; what it does may still come.
            long start = System.nanoTime();
            while (GateSteps.isTimed(request)
                    || (request.runAgain.get() == 0 && System.nanoTime() - start < LIMIT)) {
                Thread.onSpinWait();
            }
            r.r1 = request.runAgain.get();
        }
    }

    private static final class Request extends RequestSleeper {
        final AtomicInteger runAgain = new AtomicInteger();

        @Override
        protected void runAgain() {
            runAgain.incrementAndGet();
        }

        @Override
        protected void removed(int answer) {
            throw new AssertionError("nobody removes the device");
        }
    }

    private static final class Watcher extends PollWatcher {
        @Override
        protected void wakeUp() {}
    }
}
