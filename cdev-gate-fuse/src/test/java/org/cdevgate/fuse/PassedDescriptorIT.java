package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A descriptor goes from process to process, by fork, dup and SCM_RIGHTS: one open file, released
 * once, after the last close, whoever closes last.
 */
class PassedDescriptorIT extends MountBase {
    @TempDir Path folder;

    private FifoDriver fifo;
    private FopsGate gate;
    private int fd;
    private ClientProcess giver;

    /** A client of its own: it may be killed, and only the one in C can pass descriptors. */
    @BeforeEach
    void startGiver() throws Exception {
        giver = ClientProcess.start();
    }

    @AfterEach
    void endGiver() throws Exception {
        Closing.all(giver);
    }

    private void open(Sleep sleep, boolean seekable) throws Exception {
        fifo = new FifoDriver(sleep);
        GateBuilder builder = FopsGate.builder("fifo", fifo);
        if (seekable) {
            builder.seekable(() -> 1 << 20);
        }
        gate = mount.register(builder.build(), DeviceNode.named("fifo"), fifo);
        fd = giver.open(mount.path("fifo"), OpenFlags.O_RDWR);
    }

    private int pass(ClientProcess receiver) throws Exception {
        String mailbox = folder.resolve("mailbox").toString();
        int socket = receiver.mailbox(mailbox);
        giver.sendDescriptor(fd, mailbox);
        return receiver.receiveDescriptor(socket);
    }

    /** A request later the kernel has nothing on its way for files closed before it. */
    private void expectStillOpen(ClientProcess holder, int descriptor) throws Exception {
        holder.ioctl(descriptor, FifoDriver.ECHO, "12345678").expect(8);
        assertEquals(1, fifo.opens(), "open files");
        assertEquals(0, fifo.releases(), "calls of release while a descriptor is open");
        assertEquals(1, mount.mount().openFiles());
    }

    @ParameterizedTest
    @EnumSource
    void receiverOfADescriptorHoldsTheFileOpen(Sleep sleep) throws Exception {
        open(sleep, false);
        try (ClientProcess receiver = ClientProcess.start()) {
            int received = pass(receiver);
            giver.close(fd).expect(0);
            expectStillOpen(receiver, received);
            giver.kill();
            expectStillOpen(receiver, received);
            receiver.write(received, "abc").expect(3);
            assertEquals("abc", receiver.read(received, 8).text());
            receiver.close(received).expect(0);
            TestMount.awaitReleases(fifo, 1);
        }
    }

    @Test
    void descriptorThatNobodyTakesOutOfTheMailIsReleasedWithTheMailbox() throws Exception {
        open(Sleep.PARKED, false);
        String mailbox = folder.resolve("mailbox").toString();
        try (ClientProcess receiver = ClientProcess.start()) {
            receiver.mailbox(mailbox);
            giver.sendDescriptor(fd, mailbox);
            giver.kill();
            int other = client.open(mount.path("fifo"), OpenFlags.O_RDWR);
            client.close(other).expect(0);
            TestMount.awaitReleases(fifo, 1); // of the other
            assertEquals(1, mount.mount().openFiles(), "the one in the mail");
        }
        TestMount.awaitReleases(fifo, 2);
    }

    @Test
    void descriptorInTheMailOutlivesTheDevice() throws Exception {
        open(Sleep.PARKED, false);
        String mailbox = folder.resolve("mailbox").toString();
        try (ClientProcess receiver = ClientProcess.start()) {
            int socket = receiver.mailbox(mailbox);
            giver.sendDescriptor(fd, mailbox);
            giver.close(fd).expect(0);
            remove(gate);
            assertEquals(1, fifo.releases(), "calls of release when unregisterSync() has returned");
            int received = receiver.receiveDescriptor(socket);
            receiver.read(received, 8).expect(Errno.ENODEV);
            receiver.close(received).expect(0);
            TestMount.awaitOpenFiles(mount.mount(), 0);
            assertEquals(1, fifo.releases(), "calls of release after the last close");
        }
    }

    @ParameterizedTest
    @EnumSource
    void childThatIsKilledLastReleases(Sleep sleep) throws Exception {
        open(sleep, false);
        int copy = giver.dup(fd);
        Pending child = giver.forkAndPause();
        long pid = child.tid();
        giver.close(fd).expect(0);
        giver.close(copy).expect(0);
        giver.handled(); // the parent has made all that it had to
        assertEquals(0, fifo.releases(), "calls of release while the child lives");
        assertEquals(1, mount.mount().openFiles());
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        TestMount.awaitReleases(fifo, 1);
        TestMount.awaitOpenFiles(mount.mount(), 0);
    }

    /** The child sleeps in a read; its parent, who opened the file, is gone before it. */
    @ParameterizedTest
    @EnumSource
    void parentThatDiesTakesOnlyItsOwnDescriptors(Sleep sleep) throws Exception {
        open(sleep, false);
        try (ClientProcess receiver = ClientProcess.start()) {
            int received = pass(receiver);
            Pending read = receiver.beginRead(received, 8);
            Pending child = giver.forkAndRead(fd, 8);
            child.tid();
            TestMount.awaitAsleep(gate, Verb.READ, 2);
            giver.kill(); // and its child with it
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            assertEquals(0, fifo.releases(), "calls of release while a process reads");
            fifo.feed("abc");
            assertEquals("abc", read.await().text());
            receiver.close(received).expect(0);
        }
        TestMount.awaitReleases(fifo, 1);
    }

    @ParameterizedTest
    @EnumSource
    void removalWakesAllWhoShareAFileAcrossProcesses(Sleep sleep) throws Exception {
        open(sleep, false);
        try (ClientProcess receiver = ClientProcess.start()) {
            Pending received = receiver.beginRead(pass(receiver), 8);
            Pending child = giver.forkAndRead(fd, 8);
            Pending own = giver.beginRead(fd, 8);
            TestMount.awaitAsleep(gate, Verb.READ, 3);
            remove(gate);
            assertEquals(1, fifo.releases(), "calls of release for one open file");
            received.await().expect(Errno.ENODEV);
            child.await().expect(Errno.ENODEV);
            own.await().expect(Errno.ENODEV);
        }
    }

    /**
     * The limit: the kernel lets one process write to an open file at a time, and the one that
     * waits is deaf to signals; the removal frees both.
     */
    @ParameterizedTest
    @EnumSource
    void processesThatShareAFileWaitForEachOthersSleepingWrite(Sleep sleep) throws Exception {
        open(sleep, false);
        fifo.fill();
        try (ClientProcess receiver = ClientProcess.start()) {
            int received = pass(receiver);
            Pending asleep = giver.beginWrite(fd, "abc");
            TestMount.awaitAsleep(gate, Verb.WRITE, 1);
            Pending behind = receiver.beginWrite(received, "def").awaitLocked();
            receiver.read(received, 0).expect(0);
            receiver.ioctl(received, FifoDriver.ECHO, "12345678").expect(8);
            assertEquals(1, TestMount.asleep(gate, Verb.WRITE));
            remove(gate);
            asleep.await().expect(Errno.ENODEV);
            behind.await().expect(Errno.ENODEV);
        }
    }

    /** The limit on a seekable node: the position of a shared file is locked by a read too. */
    @ParameterizedTest
    @EnumSource
    void processesThatShareASeekableFileWaitForEachOthersSleepingRead(Sleep sleep)
            throws Exception {
        open(sleep, true);
        try (ClientProcess receiver = ClientProcess.start()) {
            int received = pass(receiver);
            Pending asleep = giver.beginRead(fd, 8);
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            Pending reading = receiver.beginRead(received, 8).awaitLocked();
            Pending seeking = receiver.beginLseek(received, 0, 0).awaitLocked();
            Pending elsewhere = client.beginRead(open(gate), 8); // an open file of its own
            TestMount.awaitAsleep(gate, Verb.READ, 2);
            remove(gate);
            asleep.await().expect(Errno.ENODEV);
            elsewhere.await().expect(Errno.ENODEV);
            reading.await().expect(Errno.ENODEV);
            seeking.await().expect(0);
        }
    }
}
