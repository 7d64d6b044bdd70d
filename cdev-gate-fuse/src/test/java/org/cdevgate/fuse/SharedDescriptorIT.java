package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Descriptors that share one open file, by dup, by fork or between threads: all are woken by the
 * removal, and release comes once.
 */
class SharedDescriptorIT extends MountBase {
    private FifoDriver fifo;
    private FopsGate gate;

    private void register(Sleep sleep) throws Exception {
        fifo = new FifoDriver(sleep);
        gate = mount.register("fifo", fifo);
    }

    @ParameterizedTest
    @EnumSource
    void sharedByDup(Sleep sleep) throws Exception {
        register(sleep);
        int fd = open(gate);
        int copy = client.dup(fd);
        int third = client.dup(fd);
        Pending read = client.beginRead(fd, 8);
        Pending ioctl = client.beginIoctl(copy, FifoDriver.WAIT);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
        client.close(third).expect(0);
        assertEquals(0, fifo.releases(), "calls of release while two descriptors are open");

        remove(gate);
        read.await().expect(Errno.ENODEV);
        ioctl.await().expect(Errno.ENODEV);
        assertEquals(1, fifo.opens());
        assertEquals(1, fifo.releases(), "calls of release for one open file");
        expectGone(gate, fd);
        client.read(copy, 8).expect(Errno.ENODEV);
        client.close(copy).expect(0);
        TestMount.awaitOpenFiles(mount.mount(), 0);
        assertEquals(1, fifo.releases(), "calls of release after the last close");
    }

    @ParameterizedTest
    @EnumSource
    void sharedByTwoThreads(Sleep sleep) throws Exception {
        register(sleep);
        int fd = open(gate);
        Pending first = client.beginRead(fd, 8);
        Pending second = client.beginRead(fd, 8);
        Pending ioctl = client.beginIoctl(fd, FifoDriver.WAIT);
        Pending poll = client.beginPoll(fd, PollEvents.POLLIN).awaitPolling();
        TestMount.awaitAsleep(gate, Verb.READ, 2);
        TestMount.awaitAsleep(gate, Verb.IOCTL, 1);

        remove(gate);
        first.await().expect(Errno.ENODEV);
        second.await().expect(Errno.ENODEV);
        ioctl.await().expect(Errno.ENODEV);
        poll.await().expect(GONE);
        assertEquals(1, fifo.releases(), "calls of release for one open file");
        expectGone(gate, fd);
    }

    /** The kernel lets one thread write to an open file at a time; the removal frees both. */
    @ParameterizedTest
    @EnumSource
    void sharedByTwoWriters(Sleep sleep) throws Exception {
        register(sleep);
        int fd = open(gate);
        fifo.fill();
        Pending first = client.beginWrite(fd, "a");
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        Pending second = client.beginWrite(fd, "b");
        second.awaitLocked();

        remove(gate);
        first.await().expect(Errno.ENODEV);
        second.await().expect(Errno.ENODEV);
        expectGone(gate, fd);
    }

    @ParameterizedTest
    @EnumSource
    void sharedByFork(Sleep sleep) throws Exception {
        register(sleep);
        String script = "exec 3<>\"$1\"; cat <&3 & cat <&3 & wait; cat <&3";
        try (Shell shell = Shell.start(script, mount.path("fifo"))) {
            TestMount.awaitAsleep(gate, Verb.READ, 2);
            assertEquals(1, fifo.opens(), "open files of the two processes");
            fifo.feed("abc");
            shell.awaitOutput("abc");
            TestMount.awaitAsleep(gate, Verb.READ, 2);

            remove(gate);
            assertEquals(1, fifo.releases(), "calls of release for one open file");
            Shell.Result result = shell.await();
            // Two were asleep; the third came after the removal. Their messages may be mixed.
            int errors = result.errors().split(": No such device", -1).length - 1;
            assertEquals(3, errors, result::toString);
        }
    }
}
