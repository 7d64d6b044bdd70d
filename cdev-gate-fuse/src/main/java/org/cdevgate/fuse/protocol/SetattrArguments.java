package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;

/**
 * {@code struct fuse_setattr_in}, read in place: what a SETATTR wants changed. A view over the same
 * buffer as its {@link FuseRequest}, valid as long as that holds a SETATTR. Each value counts only
 * if its flag is among {@link #valid}.
 */
public final class SetattrArguments {
    private static final int ARG = MessageCheck.HEADER_BYTES;

    private final ByteBuffer buffer;

    SetattrArguments(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    /** Which values are to be set, a set of {@code FATTR_*}. */
    public int valid() {
        return buffer.getInt(ARG);
    }

    /** Time of access, seconds since 1970, with {@link FuseConstants#FATTR_ATIME}. */
    public long atime() {
        return buffer.getLong(ARG + 32);
    }

    /** Time of modification, seconds since 1970, with {@link FuseConstants#FATTR_MTIME}. */
    public long mtime() {
        return buffer.getLong(ARG + 40);
    }

    /** Nanoseconds to add to {@link #atime}. */
    public int atimeNanos() {
        return buffer.getInt(ARG + 56);
    }

    /** Nanoseconds to add to {@link #mtime}. */
    public int mtimeNanos() {
        return buffer.getInt(ARG + 60);
    }

    /** Type and permissions, with {@link FuseConstants#FATTR_MODE}. */
    public int mode() {
        return buffer.getInt(ARG + 68);
    }

    /** Owner, with {@link FuseConstants#FATTR_UID}. */
    public int uid() {
        return buffer.getInt(ARG + 76);
    }

    /** Group, with {@link FuseConstants#FATTR_GID}. */
    public int gid() {
        return buffer.getInt(ARG + 80);
    }
}
