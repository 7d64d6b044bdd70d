package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Fills the data of a READDIR or READDIRPLUS reply with {@code struct fuse_dirent} or {@code struct
 * fuse_direntplus} records, each padded to 8 bytes, until no further one fits. Reusable; not
 * thread-safe.
 */
public final class DirentWriter {
    private static final int DIRENT_BYTES = 24;
    private static final int MODE_TO_TYPE_SHIFT = 12; // DT_* is the file type of st_mode, >> 12

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
        putDirent(next, ino, nextOffset, typeBits, name, size);
        next += size;
        return true;
    }

    /**
     * Adds an entry of READDIRPLUS, not cached by the kernel. Counts as one lookup of the node, as
     * a reply to LOOKUP does, unless {@code nodeId} is 0.
     *
     * @param nodeId the node; 0 for "." and ".." and for an entry whose node is left to LOOKUP
     * @param generation as in {@link FuseReply#entry}
     * @param attr gives d_ino and d_type too
     * @param nextOffset as in {@link #add}
     * @param name as {@link FuseName#encode} gives it
     * @return false if the entry does not fit; then nothing was written, nor a lookup counted
     */
    public boolean addPlus(
            long nodeId, long generation, FuseAttr attr, long nextOffset, byte[] name) {
        int size = align(EntryOut.BYTES + DIRENT_BYTES + name.length);
        if (size > end - next) {
            return false;
        }
        EntryOut.put(buffer, next, nodeId, generation, attr);
        int typeBits = (attr.mode() >>> MODE_TO_TYPE_SHIFT) & 0xf;
        putDirent(
                next + EntryOut.BYTES,
                attr.ino(),
                nextOffset,
                typeBits,
                name,
                size - EntryOut.BYTES);
        next += size;
        return true;
    }

    /** Returns the bytes written since {@link #begin}: the payload of the reply. */
    public int bytes() {
        return next - start;
    }

    private void putDirent(
            int at, long ino, long nextOffset, int typeBits, byte[] name, int paddedSize) {
        // The last word first: the name then overwrites what is not padding in it. Stale bytes of
        // an earlier message would otherwise reach user space.
        buffer.putLong(at + paddedSize - 8, 0);
        buffer.putLong(at, ino);
        buffer.putLong(at + 8, nextOffset);
        buffer.putInt(at + 16, name.length);
        buffer.putInt(at + 20, typeBits);
        buffer.put(at + DIRENT_BYTES, name);
    }

    private static int align(int bytes) {
        return (bytes + 7) & ~7;
    }
}
