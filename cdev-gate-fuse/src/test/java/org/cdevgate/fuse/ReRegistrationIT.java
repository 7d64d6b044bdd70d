package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A device that comes back under its old name is another device to whoever held the old one. */
class ReRegistrationIT extends MountBase {
    @ParameterizedTest
    @EnumSource
    void oldDescriptorStaysDeadAndANewOneReachesTheNewDevice(Sleep sleep) throws Exception {
        FifoDriver oldDriver = new FifoDriver(sleep);
        FopsGate oldGate = mount.register("fifo", oldDriver);
        int oldFd = open(oldGate);
        Pending read = client.beginRead(oldFd, 8);
        TestMount.awaitAsleep(oldGate, Verb.READ, 1);

        mount.remove(oldGate);
        FifoDriver newDriver = new FifoDriver(sleep);
        FopsGate newGate = mount.register("fifo", newDriver);
        read.await().expect(Errno.ENODEV);
        int newFd = open(newGate);
        newDriver.feed("new");
        client.read(oldFd, 8).expect(Errno.ENODEV);
        client.write(oldFd, "lost").expect(Errno.ENODEV);
        client.ioctl(oldFd, FifoDriver.ECHO, "").expect(Errno.ENODEV);
        client.poll(oldFd, PollEvents.POLLIN, 0).expect(GONE);
        client.poll(newFd, PollEvents.POLLIN, 0).expect(PollEvents.POLLIN);
        assertEquals("new", client.read(newFd, 8).text());
        client.write(newFd, "kept").expect(4);
        assertEquals("kept", newDriver.drain());

        client.close(oldFd).expect(0);
        assertEquals(1, oldDriver.releases(), "calls of release of the old device");
        assertEquals(0, newDriver.releases(), "calls of release of the new device");
        remove(newGate);
        expectGone(newGate, newFd);
    }

    /** A driver may stay the same object, its queues included. */
    @Test
    void sameDriverRegisteredAgain() throws Exception {
        FifoDriver fifo = new FifoDriver(Sleep.THREADLESS);
        FopsGate first = mount.register("fifo", fifo);
        int oldFd = open(first);
        mount.remove(first);
        FopsGate second = mount.register("fifo", fifo);
        int newFd = open(second);
        Pending read = client.beginRead(newFd, 8);
        TestMount.awaitAsleep(second, Verb.READ, 1);
        client.read(oldFd, 8).expect(Errno.ENODEV);
        fifo.feed("abc");
        assertEquals("abc", read.await().text());
    }
}
