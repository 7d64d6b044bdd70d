package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;

/*
   Two readers want the one item that comes, and sleep exclusively: a wake-up wakes the older one
   alone. At that moment the older one gives up, for a signal. Either it was still asleep, and the
   wake-up went to the younger one; or the wake-up was for it, and it passes it on. In no case does
   the younger one sleep on with the item there.

   Parked: the older one's thread is parked, and the gate passes the wake-up on. WithoutThread: it
   is a front's request, and the front passes it on. The younger one is a request in both.

   Run it alone:  bash cdev-gate/stress/run.sh -t ExclusiveWakeUp
*/
public class ExclusiveWakeUp {
    private ExclusiveWakeUp() {}

    /** A device with a queue for one item; it is read in both ways of sleeping. */
    private static class Shelf implements FileOperations {
        private static final int ITEM = 1;

        final FopsGate gate = FopsGate.of("shelf", this);
        final WaitQueue filled = new WaitQueue("filled");
        final OpenFile file = BeforeRemoval.open(gate);
        final ThreadlessFront front = new ThreadlessFront();
        private final AtomicInteger items = new AtomicInteger();
        private final AtomicInteger looks = new AtomicInteger();

        @Override
        public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            if (call.tid() == front.tid()) {
                return takeOne() ? ITEM : call.wouldBlockExclusive(filled);
            }
            call.awaitExclusive(filled, this::isFilled);
            return takeOne() ? ITEM : 0;
        }

        private boolean takeOne() {
            return items.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
        }

        /** The second look comes after queueing; it leaves the waker time before and after it. */
        private boolean isFilled() {
            if (looks.incrementAndGet() == 1) {
                return false;
            }
            Spin.upTo(64, this);
            boolean filledNow = items.get() > 0;
            Spin.upTo(64, file);
            return filledNow;
        }

        final void awaitQueued() {
            while (looks.get() < 2) {
                Thread.onSpinWait();
            }
        }

        final void put() {
            items.incrementAndGet();
            filled.wakeUp();
        }

        final int read(Caller caller) {
            try {
                return gate.front().read(file, ByteBuffer.allocate(ITEM), 0, caller);
            } catch (ErrnoException e) {
                return -e.errno();
            }
        }

        /** A request that sleeps behind those that sleep already. */
        final Request sleeping() {
            Request request = new Request();
            do {
                if (read(front) != Call.WOULD_BLOCK) {
                    throw new AssertionError("nobody has put an item there");
                }
            } while (!gate.front().sleep(request, front));
            return request;
        }
    }

    @JCStressTest
    @Description("A parked exclusive sleeper is interrupted while its queue is woken.")
    @Outcome(id = "-4, 1", expect = ACCEPTABLE, desc = "EINTR, and the younger one was woken.")
    @Outcome(
            id = {"1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "The older one has the item; to be woken for nothing does no harm.")
    @Outcome(id = "-4, 0", expect = FORBIDDEN, desc = "Lost: an item, and a reader that sleeps.")
    @Outcome(expect = FORBIDDEN, desc = "The older one got neither item nor EINTR.")
    @State
    public static class Parked {
        private final Shelf shelf = new Shelf();
        private Request younger;

        @Actor
        public void older(II_Result r) {
            Thread.currentThread().interrupt(); // is seen when it is about to park
            r.r1 = shelf.read(Caller.local());
            if (Thread.interrupted() && r.r1 < 0) {
                throw new AssertionError("EINTR and the interrupt, both");
            }
        }

        @Actor
        public void waker() {
            shelf.awaitQueued();
            younger = shelf.sleeping();
            shelf.put();
        }

        @Arbiter
        public void afterwards(II_Result r) {
            r.r2 = younger.runAgain.get();
        }
    }

    @JCStressTest
    @Description("An exclusive request is taken back for a signal while its queue is woken.")
    @Outcome(id = "true, 0, 1", expect = ACCEPTABLE, desc = "Taken back; the younger was woken.")
    @Outcome(id = "false, 1, 1", expect = ACCEPTABLE, desc = "Woken, and passed on.")
    @Outcome(id = "true, 1, .*", expect = FORBIDDEN, desc = "Both have it: answered twice.")
    @Outcome(id = "false, 0, .*", expect = FORBIDDEN, desc = "Nobody has it: it hangs.")
    @Outcome(id = ".*, .*, 0", expect = FORBIDDEN, desc = "Lost: an item, and one that sleeps.")
    @Outcome(expect = FORBIDDEN, desc = "A request was told twice.")
    @State
    public static class WithoutThread {
        private final Shelf shelf = new Shelf();
        private final Request older = shelf.sleeping();
        private final Request younger = shelf.sleeping();

        @Actor
        public void signal(ZII_Result r) {
            r.r1 = older.wake();
        }

        @Actor
        public void waker() {
            shelf.put();
        }

        @Arbiter
        public void afterwards(ZII_Result r) {
            r.r2 = older.runAgain.get();
            if (r.r2 == 1) {
                older.passOnWakeUp(); // its process has died of the signal
            }
            r.r3 = younger.runAgain.get();
        }
    }
}
