package org.cdevgate.fuse.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.channel.FuseChannel.Receiver;
import org.cdevgate.fuse.harness.WaitingThreads;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.libc.DescriptorPair;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pair of SOCK_SEQPACKET sockets stands in for /dev/fuse: it keeps message boundaries too. */
@Timeout(60)
class FuseChannelTest {
    private static final Duration PROMPTLY = Duration.ofSeconds(5);

    private final NativeBuffer buffer = NativeBuffer.allocate(8192);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private DescriptorPair pair;
    private int fd; // the channel's
    private FuseChannel channel;

    @BeforeEach
    void open() throws IOException {
        pair = DescriptorPair.sockets(Libc.SOCK_SEQPACKET);
        fd = pair.takeFirst();
        channel = new FuseChannel(fd, FuseChannel.openNull());
    }

    @AfterEach
    void close() throws InterruptedException {
        channel.close();
        pair.close();
        threads.shutdownNow();
        assertTrue(threads.awaitTermination(5, TimeUnit.SECONDS));
    }

    @Test
    void eachReceiveGivesOneMessage() throws IOException {
        Receiver receiver = channel.newReceiver(buffer);
        peerSends(40, 1);
        peerSends(96, 2);

        assertEquals(40, receiver.receive());
        assertEquals(1, buffer.bytes().get(0));
        assertEquals(96, receiver.receive());
        assertEquals(2, buffer.bytes().get(95));
    }

    @Test
    void sendPassesExactlyTheMessage() {
        NativeBuffer reply = NativeBuffer.allocate(4096);
        reply.bytes().put(100, (byte) 7).put(115, (byte) 8);

        assertEquals(0, channel.send(reply, 100, 16));
        assertEquals(16, Libc.CALLS.read(pair.second(), buffer.address(), 8192));
        assertEquals(7, buffer.bytes().get(0));
        assertEquals(8, buffer.bytes().get(15));
    }

    @Test
    void sendReportsTheErrnoAndNeverThrows() {
        NativeBuffer tooLarge = NativeBuffer.allocate(64 << 20);
        assertEquals(90, channel.send(tooLarge, 0, 64 << 20), "EMSGSIZE");
    }

    @Test
    void sendOutsideTheBufferIsRefusedBeforeTheKernelSeesIt() {
        assertThrows(IndexOutOfBoundsException.class, () -> channel.send(buffer, 8190, 16));
        assertThrows(IndexOutOfBoundsException.class, () -> channel.send(buffer, -1, 16));
    }

    @Test
    void stopWakesEveryThreadThatWaitsForARequest() throws Exception {
        List<Future<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            waiting.add(receiveInBackground());
        }
        Within.limit("all are in read(2)", () -> WaitingThreads.waitingOn(fd) == waiting.size());
        assertTimeoutPreemptively(PROMPTLY, channel::stop);
        assertAllClosed(waiting);
    }

    /** The signal may come between the look at the flag and read(2); no timing may lose it. */
    @Test
    void stopAtAnyMomentOfAReceiveIsNeverLost() throws Exception {
        for (int round = 0; round < 300; round++) {
            try (DescriptorPair sockets = DescriptorPair.sockets(Libc.SOCK_SEQPACKET);
                    FuseChannel raced =
                            new FuseChannel(sockets.takeFirst(), FuseChannel.openNull())) {
                Receiver receiver = raced.newReceiver(buffer);
                CountDownLatch running = new CountDownLatch(1);
                Future<Integer> result =
                        threads.submit(
                                () -> {
                                    running.countDown();
                                    return receiver.receive();
                                });
                running.await();
                long until = System.nanoTime() + (round % 60) * 1000L;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                raced.stop();
                assertEquals(FuseChannel.CLOSED, get(result));
            }
        }
    }

    /**
     * At a pace at which it tries to spin; what it is doing when it is stopped is left to chance.
     */
    @Test
    void aReceiverThatMaySpinMissesNoMessageAndNoStop() throws Exception {
        channel.spin(true);
        int messages = 4_000;
        CountDownLatch arrived = new CountDownLatch(messages);
        Future<Integer> received =
                threads.submit(
                        () -> {
                            Receiver receiver = channel.newReceiver(buffer);
                            int count = 0;
                            while (receiver.receive() != FuseChannel.CLOSED) {
                                assertEquals((byte) count, buffer.bytes().get(0));
                                count++;
                                arrived.countDown();
                            }
                            return count;
                        });
        for (int i = 0; i < messages; i++) {
            long until = System.nanoTime() + 40_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            peerSends(40, i);
        }
        assertTrue(arrived.await(30, TimeUnit.SECONDS), arrived.getCount() + " did not arrive");
        assertTimeoutPreemptively(PROMPTLY, channel::stop);
        assertEquals(messages, get(received));
    }

    /** O_NONBLOCK is left set when a receiver that spins is followed by one that does not. */
    @Test
    void aReceiverSleepsThoughTheDescriptorWasLeftNonBlocking() throws Exception {
        int getFlags = 3; // F_GETFL of fcntl(2)
        Libc.CALLS.fcntl(fd, Libc.F_SETFL, Libc.O_NONBLOCK);
        Receiver receiver = channel.newReceiver(buffer);
        Future<Integer> received = threads.submit(receiver::receive);
        assertTimeoutPreemptively(
                PROMPTLY,
                () -> {
                    while ((Libc.CALLS.fcntl(fd, getFlags, 0) & Libc.O_NONBLOCK) != 0) {
                        Thread.onSpinWait();
                    }
                });
        peerSends(40, 1);
        assertEquals(40, get(received));
    }

    @Test
    void repliesStillGoOutAfterStop() {
        channel.stop();
        channel.stop();
        assertEquals(0, channel.send(buffer, 0, 16));
        assertEquals(16, Libc.CALLS.read(pair.second(), buffer.address(), 8192));
    }

    @Test
    void aReceiverMadeAfterStopReceivesNothing() throws IOException {
        peerSends(40, 1);
        channel.stop();
        assertEquals(FuseChannel.CLOSED, channel.newReceiver(buffer).receive());
    }

    @Test
    void theEndOfTheConnectionIsNoError() throws IOException {
        pair.closeSecond();
        assertEquals(FuseChannel.CLOSED, channel.newReceiver(buffer).receive());
    }

    @Test
    void closeEndsTheConnectionAndWakesReceivers() throws Exception {
        Future<Integer> waiting = receiveInBackground();
        assertTimeoutPreemptively(PROMPTLY, channel::close);
        assertAllClosed(List.of(waiting));
        assertEquals(0, Libc.CALLS.read(pair.second(), buffer.address(), 8192), "end of file");
    }

    @Test
    void aReplySentAfterCloseReachesNobody() throws Exception {
        channel.close();
        channel.close();
        // Were the number free, one of these would have got it.
        try (DescriptorPair next = DescriptorPair.sockets(Libc.SOCK_SEQPACKET)) {
            assertEquals(0, channel.send(buffer, 0, 16));
            FuseChannel other = new FuseChannel(next.takeFirst(), FuseChannel.openNull());
            Receiver receiver = other.newReceiver(buffer);
            NativeBuffer peers = NativeBuffer.allocate(8192);
            assertEquals(24, Libc.CALLS.write(next.second(), peers.address(), 24));
            assertEquals(24, receiver.receive(), "a late reply went into another file");
            assertEquals(0, other.send(buffer, 0, 32));
            assertEquals(
                    32,
                    Libc.CALLS.read(next.second(), peers.address(), 8192),
                    "a late reply went into another file");
            other.close();
        }
    }

    @Test
    void theDescriptorNumberIsFreedWhenTheChannelIsUnreachable() throws Exception {
        long before = descriptors();
        for (int i = 0; i < 50; i++) {
            try (DescriptorPair sockets = DescriptorPair.sockets(Libc.SOCK_SEQPACKET)) {
                new FuseChannel(sockets.takeFirst(), FuseChannel.openNull()).close();
            }
        }
        for (int i = 0; i < 500 && descriptors() > before + 10; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertTrue(descriptors() <= before + 10, "descriptors leak: " + descriptors());
    }

    @Test
    void aReceiverBelongsToTheThreadThatCalledFirst() throws Exception {
        Receiver receiver = channel.newReceiver(buffer);
        peerSends(40, 1);
        receiver.receive();

        ExecutionException failure =
                assertThrows(
                        ExecutionException.class, () -> threads.submit(receiver::receive).get());
        assertTrue(failure.getCause() instanceof IllegalStateException);
    }

    @Test
    void aBufferThatTheKernelWouldRefuseIsRefusedAtOnce() {
        NativeBuffer small = NativeBuffer.allocate(8191);
        assertThrows(IllegalArgumentException.class, () -> channel.newReceiver(small));
    }

    @Test
    void otherErrorsOfReadNameTheErrno() throws IOException {
        try (DescriptorPair pipe = DescriptorPair.pipe()) {
            int readEnd = pipe.takeFirst();
            FuseChannel broken =
                    new FuseChannel(
                            Libc.CALLS.dup3(pipe.second(), readEnd, 0), FuseChannel.openNull());
            IOException failure =
                    assertThrows(IOException.class, () -> broken.newReceiver(buffer).receive());
            assertTrue(failure.getMessage().contains("EBADF"), failure.getMessage());
        }
    }

    @Test
    void aRequestAndItsReplyAllocateNothing() throws IOException {
        ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Receiver receiver = channel.newReceiver(buffer);
        exchange(receiver, 20_000);
        long before = beans.getCurrentThreadAllocatedBytes();
        exchange(receiver, 20_000);
        long perCall = (beans.getCurrentThreadAllocatedBytes() - before) / 20_000;
        assertEquals(0, perCall, "bytes per request");
    }

    private void exchange(Receiver receiver, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            Libc.CALLS.write(pair.second(), buffer.address(), 64);
            receiver.receive();
            channel.send(buffer, 0, 16);
            Libc.CALLS.read(pair.second(), buffer.address(), 64);
        }
    }

    private void peerSends(int length, int fill) {
        NativeBuffer message = NativeBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            message.bytes().put(i, (byte) fill);
        }
        assertEquals(length, Libc.CALLS.write(pair.second(), message.address(), length));
    }

    private Future<Integer> receiveInBackground() {
        Receiver receiver = channel.newReceiver(NativeBuffer.allocate(8192));
        return threads.submit(receiver::receive);
    }

    private static void assertAllClosed(List<Future<Integer>> waiting) throws Exception {
        for (Future<Integer> each : waiting) {
            assertEquals(FuseChannel.CLOSED, get(each));
        }
    }

    private static int get(Future<Integer> result) throws Exception {
        return result.get(PROMPTLY.toSeconds(), TimeUnit.SECONDS);
    }

    private static long descriptors() {
        String[] names = new File("/proc/self/fd").list();
        return names == null ? -1 : names.length;
    }
}
