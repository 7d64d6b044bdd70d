package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;

/**
 * Encoders of what the server tells the kernel unasked: {@code struct fuse_out_header} with unique
 * 0 and the notify code as its error. Each returns the length of the message in bytes.
 *
 * <p>The write(2) that sends {@link #invalidateInode} waits while dirty pages of a mapping are
 * written back: send it from a thread that answers no request and holds no lock that an answer
 * needs. {@link #poll} never waits, nor does {@link #invalidateInode} of attributes alone for an
 * inode whose request is being answered.
 */
public final class FuseNotification {
    /** Bytes of {@link #invalidateInode}. */
    public static final int INVALIDATE_INODE_BYTES = FuseReply.HEADER_BYTES + 24;

    private FuseNotification() {}

    /**
     * FUSE_NOTIFY_POLL: wakes whoever polls an open file; each asks with a POLL again. A handle
     * that is gone has no effect.
     *
     * @param pollHandle from {@link FuseRequest#pollHandle}
     */
    public static int poll(ByteBuffer buffer, int offset, long pollHandle) {
        buffer.putLong(offset + FuseReply.HEADER_BYTES, pollHandle);
        return header(buffer, offset, FuseConstants.FUSE_NOTIFY_POLL, 8);
    }

    /**
     * FUSE_NOTIFY_INVAL_INODE: drops cached attributes and pages of a node.
     *
     * @param nodeId the node; write(2) gives ENOENT if the kernel does not know it
     * @param start first byte; negative for the attributes only
     * @param length bytes; 0 or less up to the end
     */
    public static int invalidateInode(
            ByteBuffer buffer, int offset, long nodeId, long start, long length) {
        int at = offset + FuseReply.HEADER_BYTES;
        buffer.putLong(at, nodeId);
        buffer.putLong(at + 8, start);
        buffer.putLong(at + 16, length);
        return header(buffer, offset, FuseConstants.FUSE_NOTIFY_INVAL_INODE, 24);
    }

    private static int header(ByteBuffer buffer, int offset, int code, int payloadBytes) {
        return FuseReply.putHeader(buffer, offset, 0, code, payloadBytes);
    }
}
