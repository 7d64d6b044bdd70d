package org.cdevgate.fuse.mount;

import java.nio.ByteBuffer;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeArena;

/**
 * The mount id that Linux 6.8 and newer never give out twice (STATX_MNT_ID_UNIQUE). The id and the
 * device number in /proc/self/mountinfo are given out again at once, to the very next mount.
 */
final class MountId {
    /** The kernel does not know unique ids, or the path cannot be reached. */
    static final long UNKNOWN = 0;

    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int AT_STATX_DONT_SYNC = 0x4000;
    private static final int STATX_MNT_ID_UNIQUE = 0x4000;
    private static final int STATX_BYTES = 256; // struct statx of linux/stat.h
    private static final int STX_MASK = 0;
    private static final int STX_MNT_ID = 144;

    private MountId() {}

    /**
     * Returns the id of the uppermost mount at a path, or {@link #UNKNOWN}. Asks nothing of the
     * filesystem there: with no other field in the mask, and DONT_SYNC, FUSE sends no GETATTR.
     */
    static long at(String path) {
        NativeArena arena = new NativeArena(STATX_BYTES);
        long address = arena.address();
        ByteBuffer result = arena.take(STATX_BYTES);
        int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
        if (Libc.CALLS.statx(AT_FDCWD, Libc.cString(path), flags, STATX_MNT_ID_UNIQUE, address) != 0
                || (result.getInt(STX_MASK) & STATX_MNT_ID_UNIQUE) == 0) {
            return UNKNOWN;
        }
        return result.getLong(STX_MNT_ID);
    }
}
