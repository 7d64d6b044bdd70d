package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;

/**
 * {@code struct fuse_forget_in}, {@code fuse_batch_forget_in} and {@code fuse_forget_one}, read in
 * place: which nodes the kernel gives back, and how many of its lookups of each. A FORGET has one
 * entry, its own node. A view over the same buffer as its {@link FuseRequest}, valid as long as
 * that holds a FORGET or BATCH_FORGET.
 */
public final class ForgetArguments {
    private static final int ARG = MessageCheck.HEADER_BYTES;
    private static final int ENTRIES = ARG + 8;

    private final ByteBuffer buffer;
    private final FuseRequest request;

    ForgetArguments(ByteBuffer buffer, FuseRequest request) {
        this.buffer = buffer;
        this.request = request;
    }

    /** Number of entries, 0 or more. */
    public int count() {
        return isBatch() ? buffer.getInt(ARG) : 1;
    }

    /**
     * The node of an entry.
     *
     * @param index 0 to {@link #count} - 1; unchecked
     */
    public long nodeId(int index) {
        assert index >= 0 && index < count() : "entry " + index + " of " + count();
        return isBatch()
                ? buffer.getLong(ENTRIES + index * MessageCheck.FORGET_ONE_BYTES)
                : request.nodeId();
    }

    /**
     * How many lookups of an entry's node the kernel gives back.
     *
     * @param index 0 to {@link #count} - 1; unchecked
     */
    public long lookups(int index) {
        assert index >= 0 && index < count() : "entry " + index + " of " + count();
        return buffer.getLong(
                isBatch() ? ENTRIES + 8 + index * MessageCheck.FORGET_ONE_BYTES : ARG);
    }

    private boolean isBatch() {
        return request.opcode() == FuseOpcode.BATCH_FORGET;
    }
}
