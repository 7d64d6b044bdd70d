package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.nodes.DeviceNodes;
import org.cdevgate.fuse.nodes.NodeDescription;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A size in a message is a claim: the server sets nothing aside for it. */
@Timeout(60)
class HostileSizesTest {
    /** Far below the mebibyte agreed at INIT, far above what any request needs. */
    private static final long MAX_ALLOCATED = 128 << 10;

    private static final int HUGE = Integer.MAX_VALUE;

    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final FakeKernel kernel = new FakeKernel(this::written);
    private final FuseSession session = new FuseSession(kernel.channel, "hostile", 4);
    private final DeviceNodes nodes = new DeviceNodes(0, 0, session.notifier());
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long unique = 10;

    private int written(byte[] message) {
        ByteBuffer reply = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        if (message.length == 32 || message.length == 144) { // OPEN and LOOKUP
            opened.set(reply.getLong(16));
        }
        answered.set(reply.getLong(8));
        return 0;
    }

    @BeforeEach
    void start() throws Exception {
        kernel.send(FuseOpcode.INIT, 2, 7, 38, 1 << 17, 0x73fffffb, 0x5fd);
        session.start(nodes);
        FileOperations driver =
                new FileOperations() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                        return 0;
                    }

                    @Override
                    public int write(OpenFile file, ByteBuffer src, long position, Call call) {
                        return src.remaining();
                    }
                };
        nodes.add(
                new NodeDescription("node", List.of(), 0600, 0, 0, false, 0),
                FopsGate.of("node", driver),
                null);
    }

    @AfterEach
    void end() throws Exception {
        assertTrue(
                Within.limit(
                        "close", Within.LIMIT, () -> session.close(TimeUnit.SECONDS.toNanos(5))));
    }

    private long allocated() {
        return session.workers().threads().stream()
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getId()))
                .sum();
    }

    private byte[] message(FuseOpcode opcode, long node, int argumentBytes) {
        ByteBuffer message = ByteBuffer.allocate(40 + argumentBytes).order(ByteOrder.nativeOrder());
        unique += 2;
        message.putInt(40 + argumentBytes).putInt(opcode.number()).putLong(unique).putLong(node);
        return message.array();
    }

    private void sendAndAwait(byte[] message) {
        kernel.send(message);
        Within.limit("answered", () -> answered.get() == unique);
    }

    /** Sends a message with words at some places of its argument; what it allocates is little. */
    private void assertLittleAllocated(byte[] message, int... placesAndWords) {
        ByteBuffer view = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        for (int i = 0; i < placesAndWords.length; i += 2) {
            view.putInt(40 + placesAndWords[i], placesAndWords[i + 1]);
        }
        byte[] first = message.clone(); // what is made once
        sendAndAwait(first);
        unique += 2;
        view.putLong(8, unique);
        long before = allocated();
        sendAndAwait(message);
        long bytes = allocated() - before;
        assertTrue(
                bytes < MAX_ALLOCATED,
                () -> FuseOpcode.of(view.getInt(4)) + " made the server allocate " + bytes);
    }

    private byte[] onFile(FuseOpcode opcode, long node, long fh, int argumentBytes) {
        byte[] message = message(opcode, node, argumentBytes);
        ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).putLong(40, fh);
        return message;
    }

    @Test
    void whateverAMessageClaimsLittleIsAllocated() {
        byte[] lookup = message(FuseOpcode.LOOKUP, 1, 5);
        System.arraycopy(new byte[] {'n', 'o', 'd', 'e', 0}, 0, lookup, 40, 5);
        sendAndAwait(lookup);
        long node = opened.get();
        sendAndAwait(message(FuseOpcode.OPEN, node, 8));
        long fh = opened.get();

        assertLittleAllocated(onFile(FuseOpcode.READ, node, fh, 40), 16, HUGE);
        assertLittleAllocated(message(FuseOpcode.READDIR, 1, 40), 16, HUGE);
        assertLittleAllocated(message(FuseOpcode.READDIRPLUS, 1, 40), 16, HUGE);
        assertLittleAllocated(onFile(FuseOpcode.READ, node, fh, 40), 16, -1);
        assertLittleAllocated(onFile(FuseOpcode.WRITE, node, fh, 40), 16, HUGE);
        assertLittleAllocated(onFile(FuseOpcode.WRITE, node, fh, 40 + (1 << 20)), 16, 1 << 20);
        assertLittleAllocated(
                onFile(FuseOpcode.WRITE, node, fh, 41 + (1 << 20)), 16, 1 + (1 << 20));
        assertLittleAllocated(onFile(FuseOpcode.IOCTL, node, fh, 32), 24, HUGE, 28, HUGE);
        assertLittleAllocated(onFile(FuseOpcode.IOCTL, node, fh, 32), 24, 0, 28, 16383);
        assertLittleAllocated(message(FuseOpcode.LISTXATTR, node, 8), 0, HUGE);
        assertLittleAllocated(message(FuseOpcode.GETXATTR, node, 12), 0, HUGE, 8, 'x');
        assertLittleAllocated(message(FuseOpcode.SETXATTR, node, 12), 0, HUGE, 8, 'x');
        assertLittleAllocated(onFile(FuseOpcode.FALLOCATE, node, fh, 32), 16, HUGE, 20, HUGE);
        assertLittleAllocated(onFile(FuseOpcode.LSEEK, node, fh, 24), 8, -1, 12, HUGE, 16, 3);
        assertLittleAllocated(onFile(FuseOpcode.POLL, node, fh, 24), 16, 1, 20, -1);
    }

    /** It is not answered: the next request is. */
    @Test
    void aForgetOfMoreEntriesThanItCarriesAllocatesNothing() {
        forgetMoreThanIsCarried(); // makes what is made once
        long before = allocated();
        forgetMoreThanIsCarried();
        long bytes = allocated() - before;
        assertTrue(bytes < MAX_ALLOCATED, () -> "the server allocated " + bytes);
    }

    private void forgetMoreThanIsCarried() {
        byte[] forget = message(FuseOpcode.BATCH_FORGET, 0, 24);
        ByteBuffer.wrap(forget).order(ByteOrder.nativeOrder()).putInt(40, HUGE);
        kernel.send(forget);
        sendAndAwait(message(FuseOpcode.STATFS, 1, 0));
    }
}
