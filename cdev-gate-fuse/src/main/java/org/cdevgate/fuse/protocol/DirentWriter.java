package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Fills the data of a READDIR reply with {@code struct fuse_dirent} records, each padded to 8
 * bytes, until no further one fits. Reusable; not thread-safe.
 */
public final class DirentWriter {
    private static final int DIRENT_BYTES = 24;

    private ByteBuffer buffer;
    private int start;
    private int next;
    private int end;

    /** Makes a writer; {@link #begin} comes first. */
    public DirentWriter() {
        begin(ByteBuffer.allocate(0), 0, 0);
    }

    /**
     * Starts a reply.
     *
     * @param buffer in native byte order
     * @param offset index of the first record
     * @param maxBytes room, at most what the request asked for
     * @throws IndexOutOfBoundsException if the region is not within the buffer's capacity
     */
    public void begin(ByteBuffer buffer, int offset, int maxBytes) {
        Objects.checkFromIndexSize(offset, maxBytes, buffer.capacity());
        this.buffer = buffer;
        this.start = offset;
        this.next = offset;
        this.end = offset + maxBytes;
    }

    /**
     * Adds an entry of READDIR.
     *
     * @param ino d_ino; not 0, which readdir(3) hides
     * @param nextOffset what READDIR is to carry as its offset to continue behind this entry; not 0
     * @param typeBits DT_REG (8), DT_DIR (4), ...: the file type bits of st_mode, shifted right by
     *     12
     * @param name as {@link FuseName#encode} gives it
     * @return false if the entry does not fit; then nothing was written
     */
    public boolean add(long ino, long nextOffset, int typeBits, byte[] name) {
        int size = align(DIRENT_BYTES + name.length);
        if (size > end - next) {
            return false;
        }
        // The last word first: the name then overwrites what is not padding in it. Stale bytes of
        // an earlier message would otherwise reach user space.
        buffer.putLong(next + size - 8, 0);
        buffer.putLong(next, ino);
        buffer.putLong(next + 8, nextOffset);
        buffer.putInt(next + 16, name.length);
        buffer.putInt(next + 20, typeBits);
        buffer.put(next + DIRENT_BYTES, name);
        next += size;
        return true;
    }

    /** Returns the bytes written since {@link #begin}: the payload of the reply. */
    public int bytes() {
        return next - start;
    }

    private static int align(int bytes) {
        return (bytes + 7) & ~7;
    }
}
