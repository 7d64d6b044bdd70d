package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.driver.UnpolledFifo;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.OtherWays;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is told of changes alone, or alone of several, hears of each that is for him. */
class EdgePollIT extends MountBase {
    private static final int IN = PollEvents.POLLIN;
    private static final int OUT = PollEvents.POLLOUT;

    // sys/epoll.h
    private static final int EPOLLEXCLUSIVE = 1 << 28;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int EPOLLET = 1 << 31;

    private ClientProcess asking;
    private FopsGate gate;

    @BeforeEach
    void startClient() throws Exception {
        asking = ClientProcess.start();
    }

    @AfterEach
    void endClient() {
        if (asking != null) {
            asking.close();
        }
    }

    /** Waits edge-triggered for a file, as Go's os.File does, and takes the first event. */
    private int waitFor(int fd, int events) throws Exception {
        int epfd = asking.epollCreate();
        asking.epollAdd(epfd, fd, events | EPOLLET);
        asking.epollWait(epfd, -1).expect(events);
        return epfd;
    }

    /** The first who gets EAGAIN from a queue is told once without need; here it is another. */
    private UnpolledFifo registerKnown(Sleep sleep) throws Exception {
        UnpolledFifo driver = new UnpolledFifo(sleep);
        gate = mount.register("fifo", driver);
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK);
        waitFor(fd, IN | OUT);
        asking.read(fd, 8).expect(Errno.EAGAIN);
        asking.ioctl(fd, FifoDriver.WAIT, "").expect(Errno.EAGAIN);
        driver.fifo.fill();
        asking.write(fd, "x").expect(Errno.EAGAIN);
        driver.fifo.drain();
        asking.close(fd).expect(0);
        return driver;
    }

    @ParameterizedTest
    @EnumSource
    void dataAreAnEdgeForWhoGotEagain(Sleep sleep) throws Exception {
        UnpolledFifo driver = registerKnown(sleep);
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_RDONLY);
        int epfd = waitFor(fd, IN);
        asking.addFlag(fd, OpenFlags.O_NONBLOCK); // after the open, as some do
        for (int round = 0; round < 3; round++) {
            asking.read(fd, 8).expect(Errno.EAGAIN);
            Pending wait = asking.beginEpollWait(epfd).awaitPolling();
            driver.fifo.feed("abc");
            wait.await().expect(IN);
            assertEquals("abc", asking.read(fd, 8).text());
        }
        asking.read(fd, 8).expect(Errno.EAGAIN);
        Pending wait = asking.beginEpollWait(epfd).awaitPolling();
        remove(gate);
        wait.await().expect(GONE);
        asking.read(fd, 8).expect(Errno.ENODEV);
    }

    /** It was there before anybody slept: the edge is kept for the next wait. */
    @ParameterizedTest
    @EnumSource
    void dataThatCameBeforeTheWaitAreAnEdgeToo(Sleep sleep) throws Exception {
        UnpolledFifo driver = registerKnown(sleep);
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        asking.read(fd, 8).expect(Errno.EAGAIN); // nobody polls yet
        int epfd = waitFor(fd, IN);
        asking.read(fd, 8).expect(Errno.EAGAIN);
        driver.fifo.feed("abc");
        asking.epollWait(epfd, -1).expect(IN);
    }

    @ParameterizedTest
    @EnumSource
    void spaceIsAnEdgeForWhoGotEagain(Sleep sleep) throws Exception {
        UnpolledFifo driver = registerKnown(sleep);
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK);
        int epfd = waitFor(fd, OUT);
        driver.fifo.fill();
        asking.write(fd, "x").expect(Errno.EAGAIN);
        Pending wait = asking.beginEpollWait(epfd).awaitPolling();
        driver.fifo.drain();
        wait.await().expect(OUT);
        asking.write(fd, "x").expect(1);
    }

    /** As DQBUF of a camera: the call that gets EAGAIN is an ioctl. */
    @ParameterizedTest
    @EnumSource
    void whatAnIoctlWaitsForIsAnEdge(Sleep sleep) throws Exception {
        UnpolledFifo driver = registerKnown(sleep);
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        int epfd = waitFor(fd, IN);
        asking.ioctl(fd, FifoDriver.WAIT, "").expect(Errno.EAGAIN);
        Pending wait = asking.beginEpollWait(epfd).awaitPolling();
        driver.fifo.signal();
        wait.await().expect(IN);
        asking.ioctl(fd, FifoDriver.WAIT, "").expect(0);
    }

    @Test
    void oneShotIsToldOncePerArming() throws Exception {
        FifoDriver fifo = new FifoDriver(Sleep.THREADLESS);
        gate = mount.register("fifo", fifo);
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        int epfd = asking.epollCreate();
        asking.epollAdd(epfd, fd, IN | EPOLLONESHOT);
        Pending wait = asking.beginEpollWait(epfd).awaitPolling();
        fifo.feed("abc");
        wait.await().expect(IN);
        asking.epollWait(epfd, 0).expect(0);
        assertEquals("abc", asking.read(fd, 8).text());
        new OtherWays(asking).epollModify(epfd, fd, IN | EPOLLONESHOT);
        Pending again = asking.beginEpollWait(epfd).awaitPolling();
        remove(gate);
        again.await().expect(GONE);
    }

    /** One open file, several who sleep: one takes an event, but the end is for all. */
    @ParameterizedTest
    @ValueSource(ints = {0, EPOLLEXCLUSIVE, EPOLLEXCLUSIVE | EPOLLET})
    void theRemovalIsForAllWhoSleep(int alone) throws Exception {
        gate = mount.register("fifo", new FifoDriver(Sleep.THREADLESS));
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        List<Pending> sleepers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int epfd = asking.epollCreate();
            asking.epollAdd(epfd, fd, IN | alone);
            sleepers.add(asking.beginEpollWait(epfd).awaitPolling());
        }
        remove(gate);
        for (Pending each : sleepers) {
            each.await().expect(GONE);
        }
    }

    @Test
    void whoSleepsAloneIsToldOfData() throws Exception {
        FifoDriver fifo = new FifoDriver(Sleep.THREADLESS);
        mount.register("fifo", fifo);
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        int epfd = asking.epollCreate();
        asking.epollAdd(epfd, fd, IN | EPOLLEXCLUSIVE | EPOLLET);
        Pending wait = asking.beginEpollWait(epfd).awaitPolling();
        fifo.feed("abc");
        wait.await().expect(IN);
    }
}
