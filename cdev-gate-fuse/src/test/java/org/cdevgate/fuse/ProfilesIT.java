package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.ReportDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.driver.SleepingDriver;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes get from a device that goes what its profile says, however they sleep. */
class ProfilesIT extends MountBase {
    private static final int EVERYTHING =
            PollEvents.POLLIN
                    | PollEvents.POLLPRI
                    | PollEvents.POLLOUT
                    | PollEvents.POLLRDNORM
                    | PollEvents.POLLWRNORM;
    private static final int READABLE_EVENTS = PollEvents.POLLIN | PollEvents.POLLRDNORM;
    private static final int PAGE = 4096;

    private FopsGate gate;

    private FopsGate register(RemovalProfile profile, CountingDriver driver) throws Exception {
        return register(
                FopsGate.builder("dev", driver).removalProfile(profile).build(),
                DeviceNode.named("dev"),
                driver);
    }

    private FopsGate register(FopsGate made, DeviceNode node, CountingDriver driver)
            throws Exception {
        gate = mount.register(made, node, driver);
        return gate;
    }

    private static RemovalProfile everythingSucceeds() {
        return RemovalProfile.EVDEV
                .withName("succeeds")
                .withResult(Verb.READ, 0)
                .withResult(Verb.WRITE, Integer.MAX_VALUE)
                .withBlockedResult(Verb.IOCTL, 4711)
                .withLaterResult(Verb.IOCTL, 12)
                .withResult(Verb.FSYNC, 0)
                .withResult(Verb.FLUSH, 0);
    }

    @ParameterizedTest
    @EnumSource
    void terminalHangsUp(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        register(RemovalProfile.TTY, fifo);
        int reader = open(gate);
        int writer = open(gate);
        int controller = open(gate);
        int idle = client.open(mount.path("dev"), OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK);
        Pending read = client.beginRead(reader, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        Pending ioctl = client.beginIoctl(controller, FifoDriver.WAIT);
        TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
        Pending poll = client.beginPoll(idle, PollEvents.POLLIN).awaitPolling();
        Pending pollNothing = client.beginPoll(reader, 0).awaitPolling();

        remove(gate);
        assertEquals("", read.await().expect(0).text());
        ioctl.await().expect(Errno.EIO);
        poll.await().expect(GONE | PollEvents.POLLIN);
        pollNothing.await().expect(GONE);
        for (int fd : new int[] {reader, idle}) {
            client.read(fd, 8).expect(0);
            client.read(fd, 8).expect(0);
            client.write(fd, "x").expect(Errno.EIO);
            client.ioctl(fd, FifoDriver.ECHO, "12345678").expect(Errno.EIO);
            client.fsync(fd).expect(Errno.EINVAL);
            client.poll(fd, EVERYTHING, -1).expect(RemovalProfile.TTY.later(Verb.POLL));
            client.select(fd, "rw", 0).expect(READABLE | WRITABLE);
            client.close(fd).expect(0);
        }
        client.tryOpen(mount.path("dev"), OpenFlags.O_RDWR).expect(Errno.ENOENT);
        client.close(writer).expect(0);
    }

    @ParameterizedTest
    @EnumSource
    void terminalHangsUpUnderAWriter(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        register(RemovalProfile.TTY, fifo);
        int fd = open(gate);
        fifo.fill();
        Pending write = client.beginWrite(fd, "abc");
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        remove(gate);
        write.await().expect(Errno.EIO);
        client.read(fd, 8).expect(0); // what the driver still had is lost
    }

    @ParameterizedTest
    @EnumSource
    void hidrawDeliversUnreadReportsBeforeTheError(Sleep sleep) throws Exception {
        ReportDriver keyboard = new ReportDriver(sleep);
        register(RemovalProfile.HIDRAW, keyboard);
        int fd = open(gate);
        int copy = client.dup(fd);
        int read = open(gate);
        keyboard.report("one");
        keyboard.report("two");
        keyboard.report("three");
        assertEquals("one", client.read(fd, 8).text());
        for (String each : new String[] {"one", "two", "three"}) {
            assertEquals(each, client.read(read, 8).text());
        }

        remove(gate);
        assertEquals(2, keyboard.releases(), "calls of release when unregisterSync() has returned");
        int gone = RemovalProfile.HIDRAW.later(Verb.POLL);
        client.read(read, 8).expect(Errno.EIO);
        client.poll(fd, EVERYTHING, 0).expect(gone | READABLE_EVENTS);
        assertEquals("two", client.read(fd, 8).text());
        assertEquals("three", client.read(copy, 8).text());
        client.poll(fd, EVERYTHING, 0).expect(gone);
        client.read(copy, 8).expect(Errno.EIO);
        client.read(fd, 8).expect(Errno.EIO);
        client.write(fd, "x").expect(Errno.ENODEV);
        client.ioctl(fd, FifoDriver.ECHO, "12345678").expect(Errno.ENODEV);
        client.close(copy).expect(0);
        client.close(fd).expect(0);
    }

    @ParameterizedTest
    @EnumSource
    void hidrawReaderAsleepGetsTheErrorOrTheReportThatCameLast(Sleep sleep) throws Exception {
        ReportDriver keyboard = new ReportDriver(sleep);
        register(RemovalProfile.HIDRAW, keyboard);
        int fd = open(gate);
        Pending first = client.beginRead(fd, 8);
        Pending second = client.beginRead(fd, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 2);
        keyboard.put("last"); // and the device goes before the readers are woken
        remove(gate);
        boolean firstGotIt = first.await().errno() == 0;
        assertEquals("last", (firstGotIt ? first : second).await().text());
        (firstGotIt ? second : first).await().expect(Errno.EIO);
        client.read(fd, 8).expect(Errno.EIO);
    }

    @ParameterizedTest
    @EnumSource
    void evdevLosesThem(Sleep sleep) throws Exception {
        ReportDriver keyboard = new ReportDriver(sleep);
        register(RemovalProfile.EVDEV, keyboard);
        int fd = open(gate);
        keyboard.report("one");
        remove(gate);
        expectGone(gate, fd);
    }

    @ParameterizedTest
    @EnumSource
    void blockedVideoCallsGetAnotherErrorThanLaterOnes(Sleep sleep) throws Exception {
        register(RemovalProfile.V4L2, new SleepingDriver(sleep));
        int fd = open(gate);
        Pending read = client.beginRead(fd, 8);
        Pending ioctl = client.beginIoctl(open(gate), SleepingDriver.EXCHANGE);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
        remove(gate);
        read.await().expect(Errno.EINVAL);
        ioctl.await().expect(Errno.EINVAL);
        client.read(fd, 8).expect(Errno.ENODEV);
        client.ioctl(fd, SleepingDriver.EXCHANGE, "").expect(Errno.ENODEV);
        client.poll(fd, EVERYTHING, 0).expect(GONE | PollEvents.POLLPRI);
    }

    /** Each opcode's reply has a form of its own, and the kernel refuses another. */
    @ParameterizedTest
    @EnumSource
    void resultsReachTheirCallers(Sleep sleep) throws Exception {
        SleepingDriver driver = new SleepingDriver(sleep);
        register(
                FopsGate.builder("dev", driver).removalProfile(everythingSucceeds()).build(),
                DeviceNode.named("dev").flush(true),
                driver);
        int reader = open(gate);
        int writer = open(gate);
        int controller = open(gate);
        int syncer = open(gate);
        int closer = open(gate);
        Pending read = client.beginRead(reader, 8);
        Pending write = client.beginWrite(writer, "abc");
        Pending ioctl = client.beginIoctl(controller, SleepingDriver.EXCHANGE, "12345678");
        Pending fsync = client.beginFsync(syncer);
        Pending close = client.beginClose(closer);
        for (Verb verb : new Verb[] {Verb.READ, Verb.WRITE, Verb.IOCTL, Verb.FSYNC, Verb.FLUSH}) {
            TestMount.awaitAsleep(gate, verb, 1);
        }

        remove(gate);
        assertEquals("", read.await().expect(0).text());
        write.await().expect(3);
        assertEquals("12345678", ioctl.await().expect(4711).text());
        fsync.await().expect(0);
        close.await().expect(0);
        client.read(reader, 8).expect(0);
        client.write(writer, "abcde").expect(5);
        assertEquals(
                "abcdefgh",
                client.ioctl(controller, SleepingDriver.EXCHANGE, "abcdefgh").expect(12).text());
        client.fsync(syncer).expect(0);
        client.close(reader).expect(0);
    }

    /** No worker may park any more, but the answer needs none that parks. */
    @Test
    void resultsReachTheirCallersAtTheBoundOfParkedCalls() throws Exception {
        try (TestMount small = TestMount.create(builder -> builder.maxParkedCalls(1))) {
            SleepingDriver driver = new SleepingDriver(Sleep.THREADLESS);
            FopsGate removed =
                    small.register(
                            FopsGate.builder("dev", driver)
                                    .removalProfile(RemovalProfile.TTY)
                                    .build(),
                            DeviceNode.named("dev"),
                            driver);
            FifoDriver fifo = new FifoDriver(Sleep.PARKED);
            FopsGate stays = small.register("fifo", fifo);
            int fd = client.open(small.path("dev"), OpenFlags.O_RDWR);
            int other = client.open(small.path("fifo"), OpenFlags.O_RDWR);
            Pending read = client.beginRead(fd, 8);
            TestMount.awaitAsleep(removed, Verb.READ, 1);
            Pending parked = client.beginRead(other, 1);
            TestMount.awaitAsleep(stays, Verb.READ, 1);
            small.remove(removed);
            read.await().expect(0);
            fifo.feed("x");
            parked.await().expect(1);
            client.close(fd).expect(0);
            client.close(other).expect(0);
        }
    }

    /** A page of zeros would be taken for data: whatever read answers, it is SIGBUS. */
    @Test
    void pageOfAMappingIsNeverTheEndOfTheFile() throws Exception {
        SleepingDriver driver = new SleepingDriver(Sleep.THREADLESS);
        register(
                FopsGate.builder("dev", driver)
                        .seekable(() -> 4 * PAGE)
                        .removalProfile(everythingSucceeds())
                        .build(),
                DeviceNode.named("dev"),
                driver);
        long address = client.map(open(gate), 4 * PAGE);
        Pending touch = client.beginPeek(address);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        remove(gate);
        touch.await().expect(Errno.EFAULT);
        client.peek(address).expect(Errno.EFAULT);
        client.peek(address + 3 * PAGE).expect(Errno.EFAULT);
    }
}
