package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;

/**
 * What stat(2) shows of a node: {@code struct fuse_attr}. Mutable, so that one instance per thread
 * serves every reply. Times are nanoseconds since 1970-01-01T00:00Z, negative before it.
 *
 * <p>Not thread-safe. The device number is always 0 and the block size 4096: nodes of this server
 * are never device nodes to the kernel, which would open its own driver for them.
 */
public final class FuseAttr {
    /** Bytes of {@code struct fuse_attr}. */
    static final int BYTES = 88;

    private static final int BLOCK_BYTES = 4096;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private long ino;
    private long size;
    private long blocks;
    private long atimeNanos;
    private long mtimeNanos;
    private long ctimeNanos;
    private int mode;
    private int nlink = 1;
    private int uid;
    private int gid;

    /** Makes an instance with every value 0, except for one link. */
    public FuseAttr() {}

    /** Sets st_ino; need not be the node id. */
    public FuseAttr ino(long value) {
        ino = value;
        return this;
    }

    /** Sets st_size in bytes, at least 0. */
    public FuseAttr size(long value) {
        size = value;
        return this;
    }

    /** Sets st_blocks, in units of 512 bytes. */
    public FuseAttr blocks(long value) {
        blocks = value;
        return this;
    }

    /** Sets the time of the last access. */
    public FuseAttr atimeNanos(long value) {
        atimeNanos = value;
        return this;
    }

    /** Sets the time of the last modification. */
    public FuseAttr mtimeNanos(long value) {
        mtimeNanos = value;
        return this;
    }

    /** Sets the time of the last change of attributes. */
    public FuseAttr ctimeNanos(long value) {
        ctimeNanos = value;
        return this;
    }

    /** Sets the file type and the permissions, as st_mode. */
    public FuseAttr mode(int value) {
        mode = value;
        return this;
    }

    /** Sets the number of links. */
    public FuseAttr nlink(int value) {
        nlink = value;
        return this;
    }

    /** Sets the owner. */
    public FuseAttr uid(int value) {
        uid = value;
        return this;
    }

    /** Sets the group. */
    public FuseAttr gid(int value) {
        gid = value;
        return this;
    }

    /** Returns st_ino. */
    public long ino() {
        return ino;
    }

    /** Returns the file type and the permissions. */
    public int mode() {
        return mode;
    }

    void put(ByteBuffer buffer, int at) {
        buffer.putLong(at, ino);
        buffer.putLong(at + 8, size);
        buffer.putLong(at + 16, blocks);
        buffer.putLong(at + 24, Math.floorDiv(atimeNanos, NANOS_PER_SECOND));
        buffer.putLong(at + 32, Math.floorDiv(mtimeNanos, NANOS_PER_SECOND));
        buffer.putLong(at + 40, Math.floorDiv(ctimeNanos, NANOS_PER_SECOND));
        buffer.putInt(at + 48, (int) Math.floorMod(atimeNanos, NANOS_PER_SECOND));
        buffer.putInt(at + 52, (int) Math.floorMod(mtimeNanos, NANOS_PER_SECOND));
        buffer.putInt(at + 56, (int) Math.floorMod(ctimeNanos, NANOS_PER_SECOND));
        buffer.putInt(at + 60, mode);
        buffer.putInt(at + 64, nlink);
        buffer.putInt(at + 68, uid);
        buffer.putInt(at + 72, gid);
        buffer.putInt(at + 76, 0); // rdev
        buffer.putInt(at + 80, BLOCK_BYTES);
        buffer.putInt(at + 84, 0); // flags
    }
}
