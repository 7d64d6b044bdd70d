package org.cdevgate.fuse.session;

import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.protocol.FuseReply;

/** Replies by threads that have no worker's buffer, or while it is in use. Any thread. */
final class SmallReplies {
    private final FuseChannel channel;
    private final NativeBuffer buffer = NativeBuffer.allocate(64); // guarded by itself

    SmallReplies(FuseChannel channel) {
        this.channel = channel;
    }

    /** Answers with an errno. */
    void error(long unique, int errno) {
        synchronized (buffer) {
            channel.send(buffer, 0, FuseReply.error(buffer.bytes(), 0, unique, errno));
        }
    }

    /** Answers a WRITE. */
    void written(long unique, int bytes) {
        synchronized (buffer) {
            channel.send(buffer, 0, FuseReply.write(buffer.bytes(), 0, unique, bytes));
        }
    }
}
