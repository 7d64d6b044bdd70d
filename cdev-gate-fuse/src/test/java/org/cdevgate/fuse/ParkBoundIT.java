package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** The bound on parked calls: at it callers are refused, and everything else goes on. */
class ParkBoundIT extends MountBase {
    private static final int BOUND = 4;
    private static final int READERS = 40;

    /** Sleeps without a thread at first, and parks when it was woken once. */
    private static final class TwoStepDriver extends CountingDriver {
        private final WaitQueue first = new WaitQueue("first");
        private final WaitQueue second = new WaitQueue("second");
        private final AtomicInteger parked = new AtomicInteger();
        private final AtomicInteger mostParked = new AtomicInteger();
        private volatile boolean woken;

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            if (!woken) {
                return call.wouldBlock(first);
            }
            int now = parked.incrementAndGet();
            mostParked.accumulateAndGet(now, Math::max);
            try {
                call.await(second, () -> false);
            } finally {
                parked.decrementAndGet();
            }
            return 0;
        }
    }

    private static TestMount small() throws Exception {
        return TestMount.create(builder -> builder.maxParkedCalls(BOUND));
    }

    @Test
    void beyondTheBoundCallersGetEnomemAndLookupsGoOn() throws Exception {
        try (TestMount small = small()) {
            FifoDriver fifo = new FifoDriver(Sleep.PARKED);
            FopsGate gate = small.register("fifo", fifo);
            int fd = client.open(small.path("fifo"), OpenFlags.O_RDWR);
            List<Pending> reads = new ArrayList<>();
            for (int i = 0; i < BOUND; i++) {
                reads.add(client.beginRead(fd, 1));
            }
            TestMount.awaitAsleep(gate, Verb.READ, BOUND);
            client.read(fd, 1).expect(Errno.ENOMEM);
            client.tryOpen(small.path("fifo"), OpenFlags.O_RDWR).expect(Errno.ENOMEM);
            client.ioctl(fd, FifoDriver.ECHO, "12345678").expect(Errno.ENOMEM);
            Shell.run("ls \"$1\" && stat \"$1\"/fifo", small.path()).expect(0);
            client.poll(fd, 0, 0).expect(0);
            fifo.feed("x");
            Within.limit("one reader got it", () -> reads.stream().anyMatch(Pending::isDone));
            small.awaitParked(BOUND - 1); // its thread answered before it was free
            client.ioctl(fd, FifoDriver.ECHO, "12345678").expect(8);
            small.remove(gate);
            for (Pending read : reads) {
                read.await();
            }
            client.close(fd).expect(0);
        }
    }

    @Test
    void callsThatAreWokenTogetherAndThenParkKeepTheBound() throws Exception {
        try (TestMount small = small()) {
            TwoStepDriver driver = new TwoStepDriver();
            FopsGate gate = small.register("steps", driver);
            int fd = client.open(small.path("steps"), OpenFlags.O_RDWR);
            List<Pending> reads = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                reads.add(client.beginRead(fd, 1));
            }
            TestMount.awaitAsleep(gate, Verb.READ, READERS);
            driver.woken = true;
            driver.first.wakeUp();
            Within.limit("the bound is reached", () -> driver.parked.get() >= BOUND);
            assertTrue(
                    Shell.run("ls \"$1\"", small.path()).expect(0).contains("steps"),
                    "ls at the bound");
            assertTrue(
                    driver.mostParked.get() <= BOUND + 1,
                    () -> driver.mostParked.get() + " calls were parked, the bound is " + BOUND);
            small.remove(gate);
            for (Pending read : reads) {
                read.await().expect(Errno.ENODEV);
            }
            client.close(fd).expect(0);
        }
    }

    /** At the bound a woken request waits for a thread: it can be killed and removed meanwhile. */
    @Test
    void requestsThatWaitToBeRunAgainCanBeKilledAndRemoved() throws Exception {
        try (TestMount small = TestMount.create(builder -> builder.maxParkedCalls(1))) {
            TwoStepDriver parking = new TwoStepDriver();
            parking.woken = true;
            FopsGate blocker = small.register("blocker", parking);
            TwoStepDriver steps = new TwoStepDriver();
            FopsGate gate = small.register("steps", steps);
            int blocked = client.open(small.path("blocker"), OpenFlags.O_RDWR);
            int fd = client.open(small.path("steps"), OpenFlags.O_RDWR);
            Pending waiting = client.beginRead(fd, 1);
            Pending taking = client.beginRead(fd, 1);
            try (Shell cat = Shell.exec("cat", small.path("steps"))) {
                TestMount.awaitAsleep(gate, Verb.READ, 3);
                Pending parked = client.beginRead(blocked, 1);
                TestMount.awaitAsleep(blocker, Verb.READ, 1);
                steps.woken = true;
                steps.first.wakeUp();
                // One more than the bound parks, the others have no thread to be run on.
                Within.limit("one is run again", () -> steps.parked.get() == 1);
                cat.signal("KILL");
                Within.limit("cat ends", () -> !cat.isAlive());
                small.remove(gate);
                waiting.await().expect(Errno.ENODEV);
                taking.await().expect(Errno.ENODEV);
                assertEquals(1, parking.parked.get(), "the other device's call sleeps on");
                small.remove(blocker);
                parked.await().expect(Errno.ENODEV);
            }
            client.closeAll();
        }
    }

    /** Parked for a while, then asleep without a thread: one request, one answer. */
    @Test
    void callThatSleepsInBothWaysIsAnsweredOnceAndLeavesNothing() throws Exception {
        WaitQueue never = new WaitQueue("never");
        AtomicInteger runs = new AtomicInteger();
        CountingDriver driver =
                new CountingDriver() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                            throws ErrnoException {
                        runs.incrementAndGet();
                        call.await(never, () -> false, 20, TimeUnit.MILLISECONDS);
                        return call.wouldBlock(never);
                    }
                };
        for (int round = 0; round < 20; round++) {
            FopsGate gate = mount.register("both" + round, driver);
            int before = runs.get();
            Pending read = client.beginRead(open(gate), 1);
            Within.limit("the read runs", () -> runs.get() > before);
            gate.unregisterSync(); // while it is parked, or as it turns, or after
            read.await().expect(Errno.ENODEV);
        }
        client.closeAll();
        mount.unmount();
        mount.awaitThreadsGone();
        assertEquals(20, driver.releases());
    }
}
