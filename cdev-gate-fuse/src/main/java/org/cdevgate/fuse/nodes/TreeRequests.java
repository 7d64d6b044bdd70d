package org.cdevgate.fuse.nodes;

import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.protocol.DirentWriter;
import org.cdevgate.fuse.protocol.ForgetArguments;
import org.cdevgate.fuse.protocol.FuseAttr;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.protocol.SetattrArguments;
import org.cdevgate.fuse.session.Exchange;

/** Requests about names, attributes and directories. One per worker. */
final class TreeRequests {
    private static final byte[] DOT = {'.'};
    private static final byte[] DOT_DOT = {'.', '.'};

    // Listing positions: 1 and 2 follow "." and "..", a child is followed by its id + 2.
    private static final long AFTER_DOT = 1;
    private static final long AFTER_DOT_DOT = 2;

    private final NodeTree tree;
    private final Exchange exchange;
    private final FuseAttr attr = new FuseAttr();
    private final DirentWriter dirents = new DirentWriter();

    TreeRequests(NodeTree tree, Exchange exchange) {
        this.tree = tree;
        this.exchange = exchange;
    }

    void lookup() {
        FuseRequest request = exchange.request();
        String name = request.name();
        NodeTree.Found found =
                name.length() > NodeTree.NAME_MAX ? null : tree.lookup(request.nodeId(), name);
        if (found == null) {
            exchange.replyError(Errno.ENOENT.number());
            return;
        }
        found.node().fill(attr);
        int length =
                FuseReply.entry(
                        exchange.bytes(),
                        Exchange.REPLY_OFFSET,
                        exchange.unique(),
                        found.id(),
                        0,
                        attr);
        if (exchange.reply(length) != 0) {
            tree.forget(found.id(), 1);
        }
    }

    void forget() {
        ForgetArguments forget = exchange.request().forget();
        for (int i = 0; i < forget.count(); i++) {
            tree.forget(forget.nodeId(i), forget.lookups(i));
        }
        exchange.noReply();
    }

    void getattr() {
        replyAttr(tree.get(exchange.request().nodeId()));
    }

    private void replyAttr(Node node) {
        if (node == null) {
            exchange.replyError(Errno.ESTALE.number());
            return;
        }
        node.fill(attr);
        exchange.reply(
                FuseReply.attr(exchange.bytes(), Exchange.REPLY_OFFSET, exchange.unique(), attr));
    }

    /**
     * chmod, chown, utimes; the kernel has checked the permission (default_permissions). A size is
     * accepted and ignored, as truncate(2) and O_TRUNC of a device node are.
     */
    void setattr() {
        FuseRequest request = exchange.request();
        Node node = tree.get(request.nodeId());
        if (node != null) {
            SetattrArguments wanted = request.setattr();
            int valid = wanted.valid();
            if ((valid & FuseConstants.FATTR_MODE) != 0) {
                node.mode(wanted.mode());
            }
            if ((valid & (FuseConstants.FATTR_UID | FuseConstants.FATTR_GID)) != 0) {
                node.owner(
                        (valid & FuseConstants.FATTR_UID) != 0 ? wanted.uid() : node.uid(),
                        (valid & FuseConstants.FATTR_GID) != 0 ? wanted.gid() : node.gid());
            }
            if ((valid & FuseConstants.FATTR_ATIME) != 0) {
                node.accessed(
                        time(
                                valid & FuseConstants.FATTR_ATIME_NOW,
                                wanted.atime(),
                                wanted.atimeNanos()));
            }
            if ((valid & FuseConstants.FATTR_MTIME) != 0) {
                node.modified(
                        time(
                                valid & FuseConstants.FATTR_MTIME_NOW,
                                wanted.mtime(),
                                wanted.mtimeNanos()));
            }
        }
        replyAttr(node);
    }

    private static long time(int now, long seconds, int nanos) {
        return now != 0 ? Node.now() : seconds * 1_000_000_000L + nanos;
    }

    /** access(2); only comes without default_permissions. Groups of the caller are not known. */
    void access() {
        FuseRequest request = exchange.request();
        Node node = tree.get(request.nodeId());
        if (node == null) {
            exchange.replyError(Errno.ESTALE.number());
            return;
        }
        int shift = request.uid() == node.uid() ? 6 : request.gid() == node.gid() ? 3 : 0;
        int allowed = request.uid() == 0 ? 7 : node.mode() >>> shift;
        boolean ok = (request.accessMask() & ~allowed & 7) == 0;
        exchange.replyError(ok ? 0 : Errno.EACCES.number());
    }

    void statfs() {
        exchange.reply(
                FuseReply.statfs(
                        exchange.bytes(),
                        Exchange.REPLY_OFFSET,
                        exchange.unique(),
                        tree.devices(),
                        NodeTree.NAME_MAX));
    }

    void opendir() {
        if (tree.get(exchange.request().nodeId()) instanceof Directory) {
            exchange.reply(
                    FuseReply.open(
                            exchange.bytes(), Exchange.REPLY_OFFSET, exchange.unique(), 0, 0));
        } else {
            exchange.replyError(Errno.ENOTDIR.number());
        }
    }

    void readdir(boolean plus) {
        FuseRequest request = exchange.request();
        Node node = tree.get(request.nodeId());
        if (!(node instanceof Directory directory)) {
            exchange.replyError(Errno.ENOTDIR.number());
            return;
        }
        int room = Math.min(request.size(), exchange.maxTransfer());
        dirents.begin(exchange.bytes(), exchange.readDataOffset(), room);
        long position = request.offset();
        if (position < AFTER_DOT && !addSelf(plus, directory, AFTER_DOT, DOT)) {
            finishListing();
            return;
        }
        if (position < AFTER_DOT_DOT
                && !addSelf(plus, tree.parentOf(directory), AFTER_DOT_DOT, DOT_DOT)) {
            finishListing();
            return;
        }
        // No record is shorter than 24 bytes, so this many cannot all fit.
        List<Node> children =
                tree.list(directory, Math.max(0, position - AFTER_DOT_DOT), room / 24 + 1);
        for (Node child : children) {
            long next = child.id + AFTER_DOT_DOT;
            boolean added;
            if (plus) {
                child.fill(attr);
                long id = tree.countLookup(child);
                added = dirents.addPlus(id, 0, attr, next, child.nameBytes);
                if (!added) {
                    tree.forget(id, 1);
                }
            } else {
                added = dirents.add(child.id, next, child.type() >>> 12, child.nameBytes);
            }
            if (!added) {
                break;
            }
        }
        finishListing();
    }

    private boolean addSelf(boolean plus, Directory directory, long next, byte[] name) {
        if (!plus) {
            return dirents.add(directory.id, next, directory.type() >>> 12, name);
        }
        directory.fill(attr);
        return dirents.addPlus(0, 0, attr, next, name);
    }

    private void finishListing() {
        exchange.reply(
                FuseReply.header(
                        exchange.bytes(),
                        Exchange.REPLY_OFFSET,
                        exchange.unique(),
                        dirents.bytes()));
    }
}
