package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;

/** Writes {@code struct fuse_entry_out}, shared by LOOKUP replies and READDIRPLUS entries. */
final class EntryOut {
    static final int BYTES = 40 + FuseAttr.BYTES;

    private EntryOut() {}

    /**
     * Writes the struct. Validities are 0: the kernel asks again at the next walk, so that a
     * removed name is gone at once without a notification.
     */
    static void put(ByteBuffer buffer, int at, long nodeId, long generation, FuseAttr attr) {
        buffer.putLong(at, nodeId);
        buffer.putLong(at + 8, generation);
        buffer.putLong(at + 16, 0); // entry_valid
        buffer.putLong(at + 24, 0); // attr_valid
        buffer.putLong(at + 32, 0); // entry_valid_nsec, attr_valid_nsec
        attr.put(buffer, at + 40);
    }
}
