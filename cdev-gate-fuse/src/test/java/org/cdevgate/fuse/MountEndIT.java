package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A mount that is closed at an awkward moment, or that ends with its last descriptor. */
class MountEndIT extends MountBase {
    private static CompletableFuture<Void> inBackground(Within.Action action) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                action.run();
                                end.complete(null);
                            } catch (Throwable e) {
                                end.completeExceptionally(e);
                            }
                        },
                        "harness-background");
        thread.setDaemon(true);
        thread.start();
        return end;
    }

    private static void await(CompletableFuture<Void> end) throws Exception {
        end.get(Within.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Both would wait for each other: the call for the close, and the close for the call. */
    @Test
    void closeFromInsideACallIsRefusedAlsoWhileTheMountIsBeingClosed() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountingDriver driver =
                new CountingDriver() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                            throws InterruptedException {
                        inside.countDown();
                        while (!call.isRemoving()) {
                            Thread.onSpinWait(); // the other close() is at work
                        }
                        try {
                            mount.mount().close();
                        } catch (RuntimeException e) {
                            thrown.set(e);
                        }
                        return 0;
                    }
                };
        FopsGate gate = mount.register("closer", driver);
        Pending read = client.beginRead(open(gate), 1);
        Within.limit("the read is in the driver", () -> inside.getCount() == 0);
        CompletableFuture<Void> close = inBackground(mount.mount()::close);
        read.await().expect(0);
        assertInstanceOf(SelfRemovalException.class, thrown.get());
        await(close);
        assertTrue(gate.isRemoved());
        mount.awaitThreadsGone();
        assertEquals(1, driver.releases(), "calls of release");
    }

    /** The flag came when the read had stopped parking and was about to sleep without a thread. */
    @Test
    void callThatTurnsFromParkedToThreadlessDuringARemovalIsAnsweredAndTheMountCloses()
            throws Exception {
        WaitQueue never = new WaitQueue("never");
        CountDownLatch hasParked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountingDriver driver =
                new CountingDriver() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                            throws ErrnoException, InterruptedException {
                        call.await(never, () -> false, 10, TimeUnit.MILLISECONDS);
                        hasParked.countDown();
                        goOn.await();
                        return call.wouldBlock(never);
                    }
                };
        FopsGate gate = mount.register("both", driver);
        int fd = open(gate);
        Pending read = client.beginRead(fd, 1);
        Within.limit("the read has parked", () -> hasParked.getCount() == 0);
        gate.beginRemoval();
        goOn.countDown();
        read.await().expect(Errno.ENODEV);
        Within.run("awaitRemoval()", gate::awaitRemoval);
        mount.unmount();
        mount.awaitThreadsGone();
        client.close(fd).expect(0);
    }

    /** Taken out of the tree it lives as long as a descriptor does, and then ends by itself. */
    @ParameterizedTest
    @EnumSource
    void lazilyUnmountedMountEndsWithItsLastDescriptor(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        try (ClientProcess killed = ClientProcess.start()) {
            int fd = open(gate);
            int other = killed.open(mount.path("fifo"), OpenFlags.O_RDWR);
            killed.beginRead(other, 1);
            killed.beginIoctl(other, FifoDriver.WAIT);
            killed.beginPoll(killed.open(mount.path("fifo"), OpenFlags.O_RDWR), PollEvents.POLLIN);
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
            Shell.run("umount -l \"$1\" || fusermount3 -u -z \"$1\"", mount.path()).expect(0);
            client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
            client.close(fd).expect(0);
            killed.kill();
        }
        TestMount.awaitReleased(fifo);
        assertEquals(3, fifo.releases(), "calls of release");
        TestMount.awaitOpenFiles(mount.mount(), 0);
        TestMount.awaitNoCalls(gate);
        assertFalse(gate.isRemoving(), "the device itself is still there");
        mount.unmount();
        assertTrue(gate.isRemoved());
        mount.awaitThreadsGone();
    }
}
