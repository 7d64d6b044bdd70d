package org.cdevgate.fuse.nodes;

import java.nio.ByteBuffer;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.protocol.FuseAttr;
import org.cdevgate.fuse.protocol.FuseNotification;
import org.cdevgate.fuse.session.Notifier;

/**
 * Two sizes of a stream: 0 for stat(2), and a large one for the kernel's inode. Only a read(2) asks
 * the server whatever the size is; splice, sendfile, AIO and io_uring look at the inode first, and
 * where the position is not below its size they tell the end of the file and ask nobody.
 *
 * <p>The inode gets its size from each answer that brings attributes. LOOKUP's are shown to nobody,
 * because they are not valid for any time (attr_valid 0) and stat(2) asks by GETATTR, and SETATTR's
 * neither: they bring the large one. GETATTR's go to both, so the kernel is told just before,
 * {@link #beforeGetattr}, that what it knows of the inode has changed since it asked: then it hands
 * the answer to stat(2) and takes nothing of it for the inode (fuse_change_attributes_i, the
 * attr_version; since Linux 5.8). Nothing needs to be remembered of an inode, however it is
 * reached.
 *
 * <p>One per worker.
 */
final class StreamSize implements Notifier.Notification {
    /**
     * What the inode has: a multiple of 2^32, because FIONREAD answers what is left of it in 32
     * bits, and has to say that nothing is known to be there.
     */
    static final long OF_INODE = 1L << 32;

    private final Notifier notifier;
    private final NativeBuffer message =
            NativeBuffer.allocate(FuseNotification.INVALIDATE_INODE_BYTES);
    private long nodeId;

    StreamSize(Notifier notifier) {
        this.notifier = notifier;
    }

    private static boolean hasTwo(Node node) {
        return node instanceof Device device && device.isEndless();
    }

    /** Attributes that the kernel takes for the inode and shows to nobody. */
    static void fill(Node node, FuseAttr attr) {
        node.fill(attr);
        if (hasTwo(node)) {
            attr.size(OF_INODE);
        }
    }

    /**
     * The answer to a GETATTR comes next: its size is for stat(2) alone.
     *
     * @param id by which the kernel asks
     */
    void beforeGetattr(Node node, long id) {
        if (hasTwo(node)) {
            nodeId = id;
            // Of attributes alone: no page is waited for. Nor is the inode: the request holds it,
            // and one that goes because its caller was killed has no pages to wait for either.
            notifier.sendNow(this, message);
        }
    }

    @Override
    public int encode(ByteBuffer buffer) {
        return FuseNotification.invalidateInode(buffer, 0, nodeId, -1, 0);
    }
}
