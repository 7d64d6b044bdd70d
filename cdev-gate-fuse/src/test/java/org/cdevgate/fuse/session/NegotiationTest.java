package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.nodes.DeviceNodes;
import org.cdevgate.fuse.nodes.NodeDescription;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels of every age offer INIT, and the session answers what they understand. */
@Timeout(60)
class NegotiationTest {
    private static final int ALL_LOW = 0x73fffffb; // what Linux 6.18 offers
    private static final int ALL_HIGH = 0x5fd;
    private static final int INIT_EXT = 1 << 30;
    private static final long INIT = 2;
    private static final int EPROTO = -71;

    // fuse_init_out behind fuse_out_header
    private static final int MAJOR = 16;
    private static final int MINOR = 20;
    private static final int FLAGS = 28;
    private static final int MAX_WRITE = 36;
    private static final int MAX_PAGES = 44;
    private static final int FLAGS2 = 48;

    private final List<ByteBuffer> replies = Collections.synchronizedList(new ArrayList<>());
    private final FakeKernel kernel =
            new FakeKernel(
                    message -> {
                        replies.add(ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()));
                        return 0;
                    });
    private final FuseSession session = new FuseSession(kernel.channel, "init", 2);
    private final DeviceNodes nodes = new DeviceNodes(0, 0, session.notifier());
    private boolean started;

    @AfterEach
    void end() throws Exception {
        if (started) {
            assertTrue(
                    Within.limit(
                            "close",
                            Within.LIMIT,
                            () -> session.close(TimeUnit.SECONDS.toNanos(5))));
        }
    }

    /** An INIT as a kernel of this minor version lays it out. */
    private void offer(int major, int minor, int flags, int flags2) {
        if (minor < 36) {
            kernel.send(FuseOpcode.INIT, INIT, major, minor, 1 << 17, flags);
        } else {
            int[] words = new int[16];
            words[0] = major;
            words[1] = minor;
            words[2] = 1 << 17;
            words[3] = flags;
            words[4] = flags2;
            kernel.send(FuseOpcode.INIT, INIT, words);
        }
    }

    private ByteBuffer start() throws IOException {
        session.start(nodes);
        started = true;
        return replies.get(replies.size() - 1);
    }

    @ParameterizedTest
    @CsvSource({"31, 31", "36, 36", "40, 40", "45, 45", "46, 45", "99, 45"})
    void eachMinorVersionGetsWhatBothKnow(int offered, int spoken) throws IOException {
        offer(7, offered, offered < 36 ? 0x07fffffb : ALL_LOW, ALL_HIGH);
        ByteBuffer reply = start();
        assertEquals(80, reply.capacity(), "struct fuse_init_out");
        assertEquals(0, reply.getInt(4));
        assertEquals(7, reply.getInt(MAJOR));
        assertEquals(spoken, reply.getInt(MINOR));
        assertEquals(1 << 20, reply.getInt(MAX_WRITE));
        assertEquals(256, reply.getShort(MAX_PAGES));
        if (offered < 36) {
            assertEquals(0, reply.getInt(FLAGS2), "padding to this kernel");
        } else {
            assertEquals(
                    (int) (FuseConstants.FUSE_DIRECT_IO_ALLOW_MMAP >>> 32),
                    reply.getInt(FLAGS2),
                    "mappings of uncached files");
        }
    }

    @Test
    void noFlagIsAnsweredThatWasNotOffered() throws Exception {
        Random random = new Random(Long.getLong("cdevgate.fuzz.seed", 7));
        for (int i = 0; i < 40; i++) {
            int low = random.nextInt();
            int high = random.nextInt();
            FakeKernel each = new FakeKernel(this::keep);
            int[] words = {7, 31 + random.nextInt(20), 0, low, high};
            each.send(FuseOpcode.INIT, INIT, words);
            FuseSession one = new FuseSession(each.channel, "init", 1);
            one.start(new DeviceNodes(0, 0, one.notifier()));
            ByteBuffer reply = replies.get(replies.size() - 1);
            assertEquals(0, reply.getInt(FLAGS) & ~low, "a flag that was not offered");
            int offeredHigh = (low & INIT_EXT) == 0 ? 0 : high;
            assertEquals(0, reply.getInt(FLAGS2) & ~offeredHigh, "an upper one");
            assertTrue(one.close(TimeUnit.SECONDS.toNanos(5)));
        }
    }

    private int keep(byte[] message) {
        replies.add(ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()));
        return 0;
    }

    /** It is told our version, and asks again in it. */
    @Test
    void aNewerMajorVersionAsksASecondTime() throws IOException {
        offer(8, 1, ALL_LOW, ALL_HIGH);
        offer(7, 45, ALL_LOW, ALL_HIGH);
        ByteBuffer reply = start();
        assertEquals(2, replies.size());
        assertEquals(7, replies.get(0).getInt(MAJOR));
        assertEquals(45, replies.get(0).getInt(MINOR));
        assertEquals(0, replies.get(0).getInt(FLAGS), "nothing is agreed yet");
        assertEquals(45, reply.getInt(MINOR));
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 30})
    void anOlderKernelIsToldWhatToRun(int minor) {
        offer(7, minor, ALL_LOW, 0);
        IOException refusal = assertThrows(IOException.class, () -> session.start(nodes));
        assertTrue(refusal.getMessage().contains("7." + minor), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("Linux 5.4"), refusal.getMessage());
        assertEquals(EPROTO, replies.get(0).getInt(4), "the kernel waits for an answer");
    }

    /** A kernel that offers nothing at all is served in pages, with O_TRUNC as a SETATTR. */
    @Test
    void aKernelThatOffersNothingIsServedAllTheSame() throws Exception {
        offer(7, 31, 0, 0);
        ByteBuffer reply = start();
        assertEquals(0, reply.getInt(FLAGS));
        assertEquals(4096, reply.getInt(MAX_WRITE), "without BIG_WRITES a WRITE is one page");
        nodes.add(
                new NodeDescription("null", List.of(), 0600, 0, 0, false, 0),
                FopsGate.of("null", new FileOperations() {}),
                null);

        kernel.send(FuseOpcode.LOOKUP, 4, 1, 0); // of another node, as the header says 0
        kernel.send(lookupOfNull());
        Within.limit("found", () -> replies.size() == 3);
        long node = replies.get(2).getLong(16);
        assertEquals(6, replies.get(2).getLong(8));

        byte[] truncate = message(FuseOpcode.SETATTR, 8, node, 88);
        ByteBuffer.wrap(truncate).order(ByteOrder.nativeOrder()).putInt(40, 1 << 3); // FATTR_SIZE
        kernel.send(truncate);
        Within.limit("truncated", () -> replies.size() == 4);
        assertEquals(0, replies.get(3).getInt(4), "> redirection fails");
        assertEquals(16 + 104, replies.get(3).capacity());

        kernel.send(message(FuseOpcode.FLUSH, 10, node, 24)); // of a file that is not open
        Within.limit("flushed", () -> replies.size() == 5);
        assertEquals(-9, replies.get(4).getInt(4));
    }

    private static byte[] lookupOfNull() {
        byte[] lookup = message(FuseOpcode.LOOKUP, 6, 1, 5);
        System.arraycopy(new byte[] {'n', 'u', 'l', 'l', 0}, 0, lookup, 40, 5);
        return lookup;
    }

    private static byte[] message(FuseOpcode opcode, long unique, long node, int argumentBytes) {
        ByteBuffer message = ByteBuffer.allocate(40 + argumentBytes).order(ByteOrder.nativeOrder());
        message.putInt(message.capacity()).putInt(opcode.number()).putLong(unique).putLong(node);
        return message.array();
    }
}
