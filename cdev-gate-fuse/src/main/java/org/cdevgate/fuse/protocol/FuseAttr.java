package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;

/**
 * What stat(2) shows of a node: {@code struct fuse_attr}. Mutable, so that one instance per thread
 * serves every reply. Times are seconds since 1970-01-01T00:00Z, negative before it, and
 * nanoseconds to add: one number of nanoseconds would end in the years 1677 and 2262.
 *
 * <p>Not thread-safe. The device number is always 0 and the block size 4096: nodes of this server
 * are never device nodes to the kernel, which would open its own driver for them.
 */
public final class FuseAttr {
    /** Bytes of {@code struct fuse_attr}. */
    static final int BYTES = 88;

    private static final int BLOCK_BYTES = 4096;

    private long ino;
    private long size;
    private long blocks;
    private long atime;
    private int atimeNanos;
    private long mtime;
    private int mtimeNanos;
    private long ctime;
    private int ctimeNanos;
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
    public FuseAttr atime(long seconds, int nanos) {
        atime = seconds;
        atimeNanos = nanos;
        return this;
    }

    /** Sets the time of the last modification. */
    public FuseAttr mtime(long seconds, int nanos) {
        mtime = seconds;
        mtimeNanos = nanos;
        return this;
    }

    /** Sets the time of the last change of attributes. */
    public FuseAttr ctime(long seconds, int nanos) {
        ctime = seconds;
        ctimeNanos = nanos;
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

    void put(ByteBuffer buffer, int at) {
        buffer.putLong(at, ino);
        buffer.putLong(at + 8, size);
        buffer.putLong(at + 16, blocks);
        buffer.putLong(at + 24, atime);
        buffer.putLong(at + 32, mtime);
        buffer.putLong(at + 40, ctime);
        buffer.putInt(at + 48, atimeNanos);
        buffer.putInt(at + 52, mtimeNanos);
        buffer.putInt(at + 56, ctimeNanos);
        buffer.putInt(at + 60, mode);
        buffer.putInt(at + 64, nlink);
        buffer.putInt(at + 68, uid);
        buffer.putInt(at + 72, gid);
        buffer.putInt(at + 76, 0); // rdev
        buffer.putInt(at + 80, BLOCK_BYTES);
        buffer.putInt(at + 84, 0); // flags
    }
}
