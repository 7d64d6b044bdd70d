package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who wait in poll, select or epoll learn of data and of the removal. */
class PollIT extends MountBase {
    private static final int POLLIN = PollEvents.POLLIN;
    private static final int POLLOUT = PollEvents.POLLOUT;
    private static final int EPOLLET = 1 << 31;
    private static final int SECONDS = 5000;

    private FifoDriver fifo;
    private FopsGate gate;
    private int fd;

    @BeforeEach
    void open() throws Exception {
        fifo = new FifoDriver(Sleep.THREADLESS);
        gate = mount.register("fifo", fifo);
        fd = open(gate);
    }

    @Test
    void masksTellWhatIsPossibleNow() throws Exception {
        client.poll(fd, POLLIN | POLLOUT, 0).expect(POLLOUT);
        client.select(fd, "rwx", 0).expect(WRITABLE);
        fifo.feed("x");
        client.poll(fd, POLLIN | POLLOUT, 0).expect(POLLIN | POLLOUT);
        fifo.fill();
        client.poll(fd, POLLIN | POLLOUT, 0).expect(POLLIN);
        client.select(fd, "rwx", 0).expect(READABLE);
        fifo.drain();
        client.poll(fd, POLLIN, 1).expect(0);
    }

    @Test
    void dataWakesPollAndSelect() throws Exception {
        Pending poll = client.beginPoll(fd, POLLIN).awaitPolling();
        Pending select = client.beginSelect(fd, "r", SECONDS).awaitPolling();
        fifo.feed("x");
        poll.await().expect(POLLIN);
        select.await().expect(READABLE);
    }

    @Test
    void spaceWakesPollAndSelect() throws Exception {
        fifo.fill();
        Pending poll = client.beginPoll(fd, POLLOUT).awaitPolling();
        Pending select = client.beginSelect(fd, "w", SECONDS).awaitPolling();
        fifo.drain();
        poll.await().expect(POLLOUT);
        select.await().expect(WRITABLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {POLLIN, 0})
    void removalWakesPollWithErrorAndHangUp(int events) throws Exception {
        Pending poll = client.beginPoll(fd, events).awaitPolling();
        remove(gate);
        poll.await().expect(GONE);
        expectGone(gate, fd);
    }

    @Test
    void removalWakesSelectForReading() throws Exception {
        Pending readers = client.beginSelect(fd, "r", SECONDS).awaitPolling();
        remove(gate);
        readers.await().expect(READABLE);
        expectGone(gate, fd);
    }

    @Test
    void removalWakesSelectForWriting() throws Exception {
        fifo.fill();
        Pending writers = client.beginSelect(fd, "wx", SECONDS).awaitPolling();
        remove(gate);
        writers.await().expect(WRITABLE);
        expectGone(gate, fd);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EPOLLET})
    void removalWakesEpollWithErrorAndHangUp(int edgeTriggered) throws Exception {
        int epfd = client.epollCreate();
        client.epollAdd(epfd, fd, POLLIN | edgeTriggered);
        Pending wait = client.beginEpollWait(epfd).awaitPolling();
        remove(gate);
        wait.await().expect(GONE);
        expectGone(gate, fd);
    }

    /** Added before, asked after the removal: nobody was asleep when it was told. */
    @ParameterizedTest
    @ValueSource(ints = {0, EPOLLET})
    void epollTellsOfARemovalThatNobodyWaitedFor(int edgeTriggered) throws Exception {
        int epfd = client.epollCreate();
        client.epollAdd(epfd, fd, POLLIN | edgeTriggered);
        remove(gate);
        client.epollWait(epfd, SECONDS).expect(GONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EPOLLET})
    void epollTellsOfTheRemovalWhenAddedAfterIt(int edgeTriggered) throws Exception {
        remove(gate);
        int epfd = client.epollCreate();
        client.epollAdd(epfd, fd, POLLIN | edgeTriggered);
        client.epollWait(epfd, SECONDS).expect(GONE);
    }

    @Test
    void levelTriggeredEpollReportsAsLongAsItHolds() throws Exception {
        int epfd = client.epollCreate();
        client.epollAdd(epfd, fd, POLLIN);
        client.epollWait(epfd, 1).expect(0);
        fifo.feed("xy");
        client.epollWait(epfd, SECONDS).expect(POLLIN);
        client.epollWait(epfd, SECONDS).expect(POLLIN);
        client.read(fd, 8).expect(2);
        client.epollWait(epfd, 1).expect(0);
        Pending wait = client.beginEpollWait(epfd).awaitPolling();
        fifo.feed("z");
        wait.await().expect(POLLIN);
        remove(gate);
        client.epollWait(epfd, SECONDS).expect(GONE);
        client.epollWait(epfd, SECONDS).expect(GONE);
    }

    @Test
    void edgeTriggeredEpollReportsEachWakeUpOnce() throws Exception {
        int epfd = client.epollCreate();
        client.epollAdd(epfd, fd, POLLIN | EPOLLET);
        client.epollWait(epfd, 20).expect(0);
        fifo.feed("x");
        client.epollWait(epfd, SECONDS).expect(POLLIN);
        client.epollWait(epfd, 50).expect(0);
        Pending wait = client.beginEpollWait(epfd).awaitPolling();
        fifo.feed("y");
        wait.await().expect(POLLIN);
        Pending again = client.beginEpollWait(epfd).awaitPolling();
        remove(gate);
        again.await().expect(GONE);
    }

    /** Nobody will ever wake these but the library: the driver names no queue to wait on. */
    @Test
    void removalWakesPollersOfADriverWithoutQueues() throws Exception {
        FopsGate plain = mount.register("plain", new CountingDriver() {});
        int plainFd = open(plain);
        int epfd = client.epollCreate();
        client.epollAdd(epfd, plainFd, PollEvents.POLLPRI | EPOLLET);
        Pending poll = client.beginPoll(plainFd, PollEvents.POLLPRI).awaitPolling();
        Pending wait = client.beginEpollWait(epfd).awaitPolling();
        remove(plain);
        poll.await().expect(GONE);
        wait.await().expect(GONE);
    }

    /** Many who wait for one file, each in its own way. */
    @Test
    void removalWakesEveryPoller() throws Exception {
        int level = client.epollCreate();
        int edge = client.epollCreate();
        client.epollAdd(level, fd, POLLIN);
        client.epollAdd(edge, fd, POLLIN | EPOLLET);
        Pending[] waiting = {
            client.beginPoll(fd, POLLIN),
            client.beginPoll(client.dup(fd), POLLIN),
            client.beginPoll(open(gate), POLLIN),
            client.beginEpollWait(level),
            client.beginEpollWait(edge)
        };
        for (Pending each : waiting) {
            each.awaitPolling();
        }
        remove(gate);
        for (Pending each : waiting) {
            each.await().expect(GONE);
        }
        assertEquals(2, fifo.releases(), "calls of release");
    }
}
