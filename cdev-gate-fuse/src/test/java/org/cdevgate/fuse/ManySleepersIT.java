package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.DeafDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Reply;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However many calls sleep, the others are served and the removal wakes the last of them. */
class ManySleepersIT extends MountBase {
    private static final int SLEEPERS = 200;

    /** Threads that a mount may need besides those that are parked in drivers. */
    private static final int OWN_THREADS = 10;

    private static int threads() {
        return TestMount.threads().size();
    }

    @ParameterizedTest
    @EnumSource
    void twoHundredReadsAsleepStopNobody(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        String path = mount.path("fifo");
        int threadsBefore = threads();
        try (ClientProcess second = ClientProcess.start()) {
            List<Pending> reads = new ArrayList<>();
            for (ClientProcess each : List.of(client, second)) {
                int shared = each.open(path, OpenFlags.O_RDONLY);
                for (int i = 0; i < SLEEPERS / 4; i++) {
                    reads.add(each.beginRead(shared, 1));
                    reads.add(each.beginRead(each.open(path, OpenFlags.O_RDONLY), 1));
                }
            }
            TestMount.awaitAsleep(gate, Verb.READ, SLEEPERS);
            if (sleep == Sleep.THREADLESS) {
                assertTrue(
                        threads() <= threadsBefore + OWN_THREADS,
                        () -> threads() + " threads for requests that sleep without one");
            }

            assertTrue(lists("fifo"));
            Shell.run("stat \"$1\"", path).expect(0);
            int fd = open(gate);
            client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
            client.poll(fd, PollEvents.POLLIN, 0).expect(0);
            Shell.run("timeout 0.2 cat \"$1\"", path).expect(124);
            fifo.feed("x");
            TestMount.awaitAsleep(gate, Verb.READ, SLEEPERS - 1);

            remove(gate);
            int data = 0;
            for (Pending read : reads) {
                Reply reply = read.await();
                if (reply.value() == 1 && data == 0) {
                    data++;
                } else {
                    reply.expect(Errno.ENODEV);
                }
            }
            assertEquals(1, data, "reads that got the one byte");
            assertEquals(fifo.opens(), fifo.releases(), "calls of release");
        }
    }

    /** At the bound a further sleeper is refused; nothing else is. */
    @Test
    void atTheBoundOfParkedCallsTheRestGoesOn() throws Exception {
        int bound = 3;
        try (TestMount small = TestMount.create(builder -> builder.maxParkedCalls(bound))) {
            FifoDriver fifo = new FifoDriver(Sleep.PARKED);
            FopsGate gate = small.register("fifo", fifo);
            String path = small.path("fifo");
            int fd = client.open(path, OpenFlags.O_RDWR);
            List<Pending> reads = new ArrayList<>();
            for (int i = 0; i < bound; i++) {
                reads.add(client.beginRead(fd, 1));
            }
            TestMount.awaitAsleep(gate, Verb.READ, bound);

            client.read(fd, 1).expect(Errno.ENOMEM);
            client.tryOpen(path, OpenFlags.O_RDWR).expect(Errno.ENOMEM);
            client.poll(fd, PollEvents.POLLIN, 0).expect(0);
            Shell.run("ls \"$1\"", small.path()).expect(0);
            Shell.run("stat \"$1\"", path).expect(0);
            client.interrupt(reads.get(0));
            reads.get(0).await().expect(Errno.EINTR);
            // Its thread answers first and is free a moment later.
            small.awaitParked(bound - 1);
            reads.set(0, client.beginRead(fd, 1));
            TestMount.awaitAsleep(gate, Verb.READ, bound);

            small.remove(gate);
            for (Pending read : reads) {
                read.await().expect(Errno.ENODEV);
            }
        }
    }

    /** A driver that waits in its own way, unknown to the library, is noticed too. */
    @Test
    void driversThatBlockInTheirOwnWayStopNobody() throws Exception {
        int waiters = 5;
        DeafDriver driver = new DeafDriver();
        FopsGate deaf = mount.register("deaf", driver);
        FopsGate gate = mount.register("fifo", new FifoDriver(Sleep.PARKED));
        List<Pending> reads = new ArrayList<>();
        for (int i = 0; i < waiters; i++) {
            reads.add(client.beginRead(open(deaf), 1));
        }
        Within.limit(waiters + " reads wait", () -> driver.waiting() == waiters);
        client.ioctl(open(gate), FifoDriver.ECHO, "").expect(8);
        assertTrue(lists("deaf"));
        remove(gate);
        driver.answer();
        for (Pending read : reads) {
            read.await().expect(0);
        }
    }
}
