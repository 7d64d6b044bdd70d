package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.UnreadQueue;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.RemovalProfile;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
   A device with hidraw's profile sends its last report and is unplugged. Whoever reads must get the
   report, once, before the error: from the driver's verb, or from the gate after the flag. Parked
   and WithoutThread read in the two ways of sleeping; the reader may be asleep, about to be, or not
   there yet.

   After the flag a report may still come from the hardware's thread, until the first reader is told
   of the end (Put): put says whether it was taken, and what was taken is read before the end.

   Run it alone:  bash cdev-gate/stress/run.sh -t UnreadAgainstRemoval
*/
public class UnreadAgainstRemoval {
    private static final int REPORT = 1;

    private UnreadAgainstRemoval() {}

    private static class Hid implements FileOperations {
        final FopsGate gate =
                FopsGate.builder("hid", this).removalProfile(RemovalProfile.HIDRAW).build();
        final OpenFile file = BeforeRemoval.open(gate);
        private final WaitQueue readable = new WaitQueue("readable");

        @Override
        public int open(OpenFile opened, Call call) {
            opened.setUnread(UnreadQueue.ofRecords(4));
            return 0;
        }

        @Override
        public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            UnreadQueue unread = opened.unread();
            if (call.tid() < 0) {
                call.await(readable, () -> !unread.isEmpty());
            }
            int count = unread.take(dst);
            return count > 0 ? count : call.wouldBlock(readable);
        }

        final int put() {
            int taken = file.unread().put(new byte[REPORT]);
            readable.wakeUp();
            return taken;
        }

        final int read(Caller caller) {
            try {
                return gate.front().read(file, ByteBuffer.allocate(REPORT), 0, caller);
            } catch (ErrnoException e) {
                return -e.errno();
            }
        }
    }

    @JCStressTest
    @Description("A parked reader, a last report, and the removal.")
    @Outcome(id = "1, -5, -5", expect = ACCEPTABLE, desc = "The report, then the end: EIO.")
    @Outcome(id = "-5, .*, .*", expect = FORBIDDEN, desc = "The report was lost, or comes late.")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "The report was read twice.")
    @Outcome(expect = FORBIDDEN, desc = "Another answer than the profile's.")
    @State
    public static class Parked {
        private final Hid hid = new Hid();

        @Actor
        public void reader(III_Result r) {
            r.r1 = hid.read(Caller.local());
            r.r2 = hid.read(Caller.local());
        }

        @Actor
        public void hardware() {
            hid.put();
            hid.gate.unregisterSync();
        }

        @Arbiter
        public void afterwards(III_Result r) {
            r.r3 = hid.read(Caller.local());
        }
    }

    @JCStressTest
    @Description("A request that reads without a thread, a last report, and the removal.")
    @Outcome(id = "1, -5, .*", expect = ACCEPTABLE, desc = "The report, then the end: EIO.")
    @Outcome(id = "-5, .*, .*", expect = FORBIDDEN, desc = "The report was lost, or comes late.")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "The report was read twice.")
    @Outcome(id = "0, .*, .*", expect = FORBIDDEN, desc = "Told nothing: the process hangs.")
    @Outcome(expect = FORBIDDEN, desc = "Told of more than one thing.")
    @State
    public static class WithoutThread {
        private final Hid hid = new Hid();
        private final ThreadlessFront front = new ThreadlessFront();
        private final Request request = new Request();

        @Actor
        public void reader(III_Result r) {
            do {
                r.r1 = hid.read(front);
            } while (r.r1 == Call.WOULD_BLOCK && !hid.gate.front().sleep(request, front));
        }

        @Actor
        public void hardware() {
            hid.put();
            hid.gate.unregisterSync();
        }

        @Arbiter
        public void afterwards(III_Result r) {
            r.r3 = request.runAgain.get() + 2 * request.removed.get();
            if (r.r1 == Call.WOULD_BLOCK) {
                r.r1 =
                        switch (r.r3) {
                            case 0 -> 0;
                            case 1 -> hid.read(front);
                            case 2 -> -5;
                            default -> Integer.MAX_VALUE;
                        };
            }
            r.r2 = hid.read(front);
        }
    }

    @JCStressTest
    @Description("A report comes from the hardware after the flag while a reader is served.")
    @Outcome(id = "1, 1, -5", expect = ACCEPTABLE, desc = "Taken, and read before the end.")
    @Outcome(id = "0, -5, -5", expect = ACCEPTABLE, desc = "Refused: the reader knows the end.")
    @Outcome(id = "1, -5, .*", expect = FORBIDDEN, desc = "Taken, and lost or read after the end.")
    @Outcome(expect = FORBIDDEN, desc = "Read without having been taken, or twice.")
    @State
    public static class Put {
        private final Hid hid = new Hid();

        /** The device is gone before the actors begin. */
        public Put() {
            hid.gate.unregisterSync();
        }

        @Actor
        public void hardware(III_Result r) {
            r.r1 = hid.put();
        }

        @Actor
        public void reader(III_Result r) {
            r.r2 = hid.read(Caller.local());
        }

        @Arbiter
        public void afterwards(III_Result r) {
            r.r3 = hid.read(Caller.local());
        }
    }
}
