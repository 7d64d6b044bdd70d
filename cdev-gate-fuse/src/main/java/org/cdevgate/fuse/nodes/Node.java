package org.cdevgate.fuse.nodes;

import org.cdevgate.fuse.protocol.FuseAttr;
import org.jspecify.annotations.Nullable;

/**
 * A directory, a device node or a link. Its id is its inode number, never used again in the life of
 * the mount; by which ids the kernel calls it is the {@link NodeTree}'s business. It is remembered
 * until the kernel has given back every lookup (FORGET), so a descriptor of a removed device keeps
 * meaning that device.
 *
 * <p>The mutable fields are guarded by the tree's lock, attributes and {@code removed} excepted,
 * which are read without it.
 */
abstract class Node {
    private static final int PERMISSIONS = 07777;

    final long id;
    final String name;
    final byte[] nameBytes;

    @Nullable Directory parent; // null for the root and for a removed node
    long lookups;
    long lastId; // what the kernel was told at the last lookup; 0 before
    volatile boolean removed;

    private final int type;
    private volatile int mode;
    private volatile int uid;
    private volatile int gid;
    private volatile Time accessed;
    private volatile Time modified;
    private volatile Time changed;

    Node(long id, String name, byte[] nameBytes, int type, int mode, int uid, int gid) {
        this.id = id;
        this.name = name;
        this.nameBytes = nameBytes;
        this.type = type;
        this.mode = mode & PERMISSIONS;
        this.uid = uid;
        this.gid = gid;
        Time now = now();
        accessed = now;
        modified = now;
        changed = now;
    }

    /**
     * A time as the kernel has it.
     *
     * @param seconds since 1970-01-01T00:00Z, negative before it
     * @param nanos to add, 0 to 999,999,999
     */
    record Time(long seconds, int nanos) {}

    static Time now() {
        long millis = System.currentTimeMillis();
        return new Time(Math.floorDiv(millis, 1000L), Math.floorMod(millis, 1000) * 1_000_000);
    }

    /** The S_IFMT bits of st_mode. */
    final int type() {
        return type;
    }

    /** Size in bytes, as it is known. */
    abstract long size();

    abstract int links();

    /** Whether the kernel is told a new id at each lookup, or the node's own. */
    boolean hasIdPerLookup() {
        return false;
    }

    final void fill(FuseAttr attr) {
        long size = size();
        Time atime = accessed;
        Time mtime = modified;
        Time ctime = changed;
        attr.ino(id)
                .size(size)
                .blocks((size + 511) / 512)
                .mode(type | mode)
                .nlink(links())
                .uid(uid)
                .gid(gid)
                .atime(atime.seconds, atime.nanos)
                .mtime(mtime.seconds, mtime.nanos)
                .ctime(ctime.seconds, ctime.nanos);
    }

    final void mode(int newMode) {
        mode = newMode & PERMISSIONS;
        changed = now();
    }

    final void owner(int newUid, int newGid) {
        uid = newUid;
        gid = newGid;
        changed = now();
    }

    final int mode() {
        return mode;
    }

    final int uid() {
        return uid;
    }

    final int gid() {
        return gid;
    }

    final void accessed(Time time) {
        accessed = time;
        changed = now();
    }

    final void modified(Time time) {
        modified = time;
        changed = now();
    }
}
