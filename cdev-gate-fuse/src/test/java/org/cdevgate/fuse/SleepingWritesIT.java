package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A seekable device whose writes may sleep, and one that has not said so. */
class SleepingWritesIT extends MountBase {
    private static final long SIZE = 1 << 20;

    private FifoDriver fifo;
    private FopsGate gate;

    private Pending sleepingWrite(Sleep sleep, boolean saysSo) throws Exception {
        fifo = new FifoDriver(sleep);
        GateBuilder builder = FopsGate.builder("store", fifo).seekable(() -> SIZE);
        if (saysSo) {
            builder.sleepingWrites();
        }
        gate = mount.register(builder.build(), DeviceNode.named("store"), fifo);
        int fd = open(gate);
        fifo.fill();
        Pending write = client.beginWrite(fd, "abc");
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        return write;
    }

    @ParameterizedTest
    @EnumSource
    void aWriteThatSleepsStopsNoOtherOpening(Sleep sleep) throws Exception {
        Pending first = sleepingWrite(sleep, true);
        int other = open(gate);
        Pending second = client.beginWrite(other, "def");
        int appender = client.open(mount.path("store"), OpenFlags.O_WRONLY | OpenFlags.O_APPEND);
        Pending third = client.beginWrite(appender, "ghi");
        TestMount.awaitAsleep(gate, Verb.WRITE, 3);
        client.open(mount.path("store"), OpenFlags.O_WRONLY | OpenFlags.O_TRUNC);
        client.fsync(open(gate)).expect(Errno.EINVAL); // the driver has none
        client.read(open(gate), FifoDriver.CAPACITY).expect(FifoDriver.CAPACITY);
        first.await().expect(3);
        second.await().expect(3);
        third.await().expect(3);
        int last = open(gate);
        fifo.fill();
        Pending asleep = client.beginWrite(last, "x");
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        remove(gate);
        asleep.await().expect(Errno.ENODEV);
    }

    /**
     * What the kernel does with one inode: its lock is held, and not even a signal gets through.
     */
    @ParameterizedTest
    @EnumSource
    void withoutSayingSoOtherWritersWaitForTheRemovalOrTheSleeper(Sleep sleep) throws Exception {
        Pending first = sleepingWrite(sleep, false);
        Pending second = client.beginWrite(open(gate), "def").awaitLocked();
        Pending truncating =
                client.beginOpen(mount.path("store"), OpenFlags.O_WRONLY | OpenFlags.O_TRUNC)
                        .awaitLocked();
        client.open(mount.path("store"), OpenFlags.O_RDONLY);
        assertEquals(1, TestMount.asleep(gate, Verb.WRITE));
        remove(gate);
        first.await().expect(Errno.ENODEV);
        second.await().expect(Errno.ENODEV);
        truncating.await();
    }
}
