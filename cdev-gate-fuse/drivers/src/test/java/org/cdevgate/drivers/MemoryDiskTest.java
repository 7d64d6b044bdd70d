package org.cdevgate.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryDiskTest {
    private final MemoryDisk disk = new MemoryDisk(1000);
    private final FopsGate gate = disk.gate("disk");
    private OpenFile file;

    @BeforeEach
    void open() throws ErrnoException {
        file = gate.front().open(OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK, Caller.local());
    }

    private int write(int count, long position) throws ErrnoException {
        ByteBuffer src = ByteBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
            src.put(i, (byte) (position + i));
        }
        return gate.front().write(file, src, position, Caller.local());
    }

    private int read(int count, long position) throws ErrnoException {
        ByteBuffer dst = ByteBuffer.allocate(count);
        int got = gate.front().read(file, dst, position, Caller.local());
        for (int i = 0; i < got; i++) {
            assertEquals((byte) (position + i), dst.get(i), "byte " + (position + i));
        }
        return got;
    }

    @Test
    void transfersAreShortAtTheEnd() throws ErrnoException {
        assertEquals(600, write(600, 0));
        assertEquals(400, write(600, 600));
        assertEquals(1000, read(5000, 0));
        assertEquals(1, read(10, 999));
        assertEquals(0, read(10, 1000));
        assertEquals(0, read(10, Long.MAX_VALUE));
        for (long beyond : new long[] {1000, 1001, Long.MAX_VALUE - 1}) {
            assertEquals(
                    Errno.ENOSPC.number(),
                    assertThrows(ErrnoException.class, () -> write(1, beyond)).errno());
        }
        assertEquals(0, write(0, 1000));
        assertEquals(1000, gate.front().size());
    }

    @Test
    void inStandbyReadsWaitAndWritesDoNot() throws ErrnoException {
        disk.standBy();
        assertEquals(10, write(10, 0));
        assertEquals(
                Errno.EAGAIN.number(),
                assertThrows(ErrnoException.class, () -> read(10, 0)).errno());
        disk.spinUp();
        assertEquals(10, read(10, 0));
        assertEquals(0, disk.flushes());
        gate.front().fsync(file, true, Caller.local());
        assertEquals(1, disk.flushes());
    }
}
