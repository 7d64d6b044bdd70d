package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * The driver of a disk that keeps its content in memory, or in a file that is mapped: positions, a
 * size, short transfers at its end. It answers as a block device does: a read at the end gets 0, a
 * write there ENOSPC, so does one with O_APPEND; O_TRUNC changes nothing.
 *
 * <p>In standby a read waits until the disk has spun up. A write does not: it goes to the disk's
 * cache, which {@code fsync} empties. (The kernel would let nobody else write while one write
 * waits, see {@code GateBuilder.sleepingWrites}.)
 */
public final class MemoryDisk implements FileOperations {
    private final WaitQueue spinning = new WaitQueue("spin-up");
    private final ByteBuffer content;
    private boolean standby;
    private long flushes;

    /** An empty disk of this many bytes, 1 or more. */
    public MemoryDisk(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a disk of " + bytes + " bytes; give 1 or more");
        }
        content = ByteBuffer.allocate(bytes);
    }

    /**
     * A disk whose content is that of a file: writes change the file, and fsync waits until it is
     * stored.
     *
     * @param file mapped with {@link java.nio.channels.FileChannel.MapMode#READ_WRITE}, 1 byte or
     *     more
     */
    public MemoryDisk(MappedByteBuffer file) {
        if (file.capacity() < 1) {
            throw new IllegalArgumentException("a disk of 0 bytes; give 1 or more");
        }
        content = file;
    }

    /** A gate for it: a seekable device of the disk's size. */
    public FopsGate gate(String name) {
        return FopsGate.builder(name, this).seekable(content::capacity).build();
    }

    /** Sets its content from the start on, without a driver. */
    public synchronized void load(byte[] image) {
        content.put(0, image);
    }

    @Override
    public synchronized int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        if (standby) {
            return call.wouldBlock(spinning);
        }
        int count = countAt(position, dst);
        if (count > 0) {
            dst.put(content.slice((int) position, count));
        }
        return count;
    }

    @Override
    public synchronized int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        int count = countAt(position, src);
        if (count == 0 && src.hasRemaining()) {
            throw Errno.ENOSPC.exception();
        }
        if (count > 0) {
            content.put((int) position, src, src.position(), count);
        }
        return count;
    }

    /** What of a transfer is on the disk. */
    private int countAt(long position, ByteBuffer transfer) {
        return (int) Math.min(Math.max(0, content.capacity() - position), transfer.remaining());
    }

    @Override
    public synchronized int fsync(OpenFile file, boolean dataOnly, Call call) {
        flushes++;
        if (content instanceof MappedByteBuffer mapped) {
            mapped.force();
        }
        return 0;
    }

    // the hardware

    /** Lets the disk rest: reads wait until it has spun up. */
    public synchronized void standBy() {
        standby = true;
    }

    /** The disk turns again. */
    public synchronized void spinUp() {
        standby = false;
        spinning.wakeUp();
    }

    /** How often its cache was emptied. */
    public synchronized long flushes() {
        return flushes;
    }
}
