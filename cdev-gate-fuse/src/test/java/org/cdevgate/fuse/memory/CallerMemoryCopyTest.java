package org.cdevgate.fuse.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.libc.DescriptorPair;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With this process as its own client: to it the kernel always allows itself. */
class CallerMemoryCopyTest {
    private static final int TID = Libc.CALLS.gettid();

    private final NativeBuffer client = NativeBuffer.allocate(2 * CallerMemoryCopy.CHUNK_BYTES);
    private DescriptorPair pair;
    private FuseChannel channel;
    private CallerMemoryCopy memory;

    @BeforeEach
    void open() throws IOException {
        pair = DescriptorPair.sockets(Libc.SOCK_SEQPACKET);
        channel = new FuseChannel(pair.takeFirst(), FuseChannel.openNull());
        memory = new CallerMemoryCopy(channel);
    }

    @AfterEach
    void close() {
        channel.close();
        pair.close();
    }

    @Test
    void readsIntoTheMiddleOfABuffer() {
        client.bytes().putInt(100, 0x01020304);
        ByteBuffer dst = ByteBuffer.allocate(8).position(1).limit(2);
        assertEquals(0, memory.read(TID, client.address() + 100, dst.duplicate().clear(), 3, 4));
        assertEquals(0x01020304, dst.order(client.bytes().order()).clear().getInt(3));
        assertEquals(0, dst.get(7));
    }

    @Test
    void writesAWholeChunk() {
        ByteBuffer src = ByteBuffer.allocateDirect(CallerMemoryCopy.CHUNK_BYTES);
        src.put(0, (byte) 1).put(CallerMemoryCopy.CHUNK_BYTES - 1, (byte) 2);
        assertEquals(
                0, memory.write(TID, client.address() + 5, src, 0, CallerMemoryCopy.CHUNK_BYTES));
        assertEquals(1, client.bytes().get(5));
        assertEquals(2, client.bytes().get(5 + CallerMemoryCopy.CHUNK_BYTES - 1));
        assertEquals(0, client.bytes().get(5 + CallerMemoryCopy.CHUNK_BYTES));
    }

    @Test
    void accessOverTheEndOfAMappingIsEfaultAndReadsNothing() {
        int page = NativeBuffer.pageBytes();
        long pages =
                Libc.CALLS.mmap(
                        null,
                        2L * page,
                        Libc.PROT_READ | Libc.PROT_WRITE,
                        Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS,
                        -1,
                        0);
        assertEquals(0, Libc.CALLS.munmap(pages + page, page));
        ByteBuffer dst = ByteBuffer.allocate(2 * page).put(0, (byte) 7);
        assertEquals(Libc.EFAULT, memory.read(TID, pages, dst, 0, page + 1));
        assertEquals(7, dst.get(0), "a part was reported as if it were all");
        assertEquals(Libc.EFAULT, memory.write(TID, pages, dst, 0, page + 1));
        assertEquals(0, memory.read(TID, pages, dst, 0, page));
        assertEquals(Libc.EFAULT, memory.read(TID, 0, dst, 0, 1));
        assertEquals(0, Libc.CALLS.munmap(pages, page));
    }

    @Test
    void threadThatDoesNotExistIsEsrch() {
        ByteBuffer dst = ByteBuffer.allocate(8);
        assertEquals(Libc.ESRCH, memory.read(0x3fffffff, client.address(), dst, 0, 8));
    }

    /** Its callers have their answer, whatever the server knows of it. */
    @Test
    void nothingIsTouchedOnceTheConnectionHasEnded() {
        ByteBuffer bytes = ByteBuffer.allocate(8).putLong(0, -1);
        pair.close();
        assertEquals(Libc.ENOTCONN, memory.write(TID, client.address(), bytes, 0, 8));
        assertEquals(Libc.ENOTCONN, memory.read(TID, client.address(), bytes, 0, 8));
        assertEquals(0, client.bytes().getLong(0));
        assertEquals(-1, bytes.getLong(0));
    }
}
