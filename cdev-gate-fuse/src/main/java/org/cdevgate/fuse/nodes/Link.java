package org.cdevgate.fuse.nodes;

/** A symbolic link to a device, which comes and goes with it. */
final class Link extends Node {
    private static final int S_IFLNK = 0120000;

    /** What readlink(2) gives: 1 to 4095 bytes. */
    final byte[] target;

    Link(long id, String name, byte[] nameBytes, byte[] target, int uid, int gid) {
        super(id, name, nameBytes, S_IFLNK, 0777, uid, gid);
        this.target = target;
    }

    @Override
    long size() {
        return target.length;
    }

    @Override
    int links() {
        return removed ? 0 : 1;
    }
}
