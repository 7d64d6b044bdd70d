package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.driver.DeafDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A signal interrupts a call that sleeps; one that kills ends the process at once. */
class SignalIT extends MountBase {
    private static final int KILLED_BY = 128;

    @ParameterizedTest
    @EnumSource
    void handledSignalInterruptsEachSleepingCall(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        int fd = open(gate);
        Pending read = client.beginRead(fd, 1);
        Pending ioctl = client.beginIoctl(fd, FifoDriver.WAIT);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
        client.interrupt(read);
        read.await().expect(Errno.EINTR);
        client.interrupt(ioctl);
        ioctl.await().expect(Errno.EINTR);

        fifo.fill();
        Pending write = client.beginWrite(fd, "x");
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        client.interrupt(write);
        write.await().expect(Errno.EINTR);

        assertEquals(FifoDriver.CAPACITY, fifo.drain().length(), "bytes after the lost write");
        client.write(fd, "abc").expect(3);
        assertEquals("abc", client.read(fd, 8).text(), "the descriptor works on");
    }

    /** One of two readers is interrupted, the other gets the data. */
    @ParameterizedTest
    @EnumSource
    void interruptReachesItsOwnCallOnly(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        int fd = open(gate);
        Pending interrupted = client.beginRead(fd, 1);
        Pending other = client.beginRead(fd, 1);
        TestMount.awaitAsleep(gate, Verb.READ, 2);
        client.interrupt(interrupted);
        interrupted.await().expect(Errno.EINTR);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        fifo.feed("x");
        other.await().expect(1);
    }

    @ParameterizedTest
    @CsvSource({"PARKED, INT, 2", "PARKED, KILL, 9", "THREADLESS, INT, 2", "THREADLESS, KILL, 9"})
    void fatalSignalEndsAReaderAtOnce(Sleep sleep, String signal, int number) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        try (Shell cat = Shell.exec("cat", mount.path("fifo"))) {
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            cat.signal(signal);
            assertEquals(KILLED_BY + number, cat.await().exit());
        }
        TestMount.awaitReleased(fifo);
        TestMount.awaitAsleep(gate, Verb.READ, 0);
        assertEquals(1, fifo.opens());
        remove(gate);
    }

    /** A process that dies with many calls asleep, in several threads and kinds of call. */
    @ParameterizedTest
    @EnumSource
    void killedProcessLeavesNothingBehind(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        try (ClientProcess victim = ClientProcess.start()) {
            int fd = victim.open(mount.path("fifo"), 2);
            for (int i = 0; i < 3; i++) {
                victim.beginRead(fd, 1);
                victim.beginIoctl(victim.open(mount.path("fifo"), 2), FifoDriver.WAIT);
                victim.beginPoll(fd, 1);
            }
            TestMount.awaitAsleep(gate, Verb.READ, 3);
            TestMount.awaitAsleep(gate, Verb.IOCTL, 3);
            victim.kill();
        }
        TestMount.awaitReleased(fifo);
        assertEquals(4, fifo.opens());
        TestMount.awaitOpenFiles(mount.mount(), 0);
        TestMount.awaitNoCalls(gate);
    }

    /** The library answers for a driver that does not; its late result is dropped. */
    @ParameterizedTest
    @ValueSource(strings = {"KILL", "INT", "QUIT"})
    void fatalSignalEndsAReaderOfADriverThatIgnoresInterrupts(String signal) throws Exception {
        DeafDriver driver = new DeafDriver();
        FopsGate gate = mount.register("deaf", driver);
        try {
            try (Shell cat = Shell.exec("cat", mount.path("deaf"))) {
                Within.limit("the read waits", () -> driver.waiting() == 1);
                cat.signal(signal);
                Within.limit("cat ends", () -> !cat.isAlive());
            }
            assertEquals(1, driver.waiting(), "the driver has not noticed");
            assertTrue(lists("deaf"));
        } finally {
            driver.answer();
        }
        TestMount.awaitReleased(driver);
        remove(gate);
    }

    @Test
    void removalAndSignalTogetherGiveOneAnswer() throws Exception {
        FifoDriver fifo = new FifoDriver(Sleep.PARKED);
        FopsGate gate = mount.register("fifo", fifo);
        int fd = open(gate);
        Pending read = client.beginRead(fd, 1);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        Thread remover = new Thread(gate::unregisterSync, "harness-remover");
        remover.start();
        client.interrupt(read);
        int errno = read.await().errno();
        assertTrue(
                errno == Errno.ENODEV.number() || errno == Errno.EINTR.number(),
                () -> "read failed with " + Errno.describe(errno));
        remover.join(Within.LIMIT.toMillis());
        assertTrue(gate.isRemoved(), "unregisterSync() has returned");
        expectGone(gate, fd);
    }
}
