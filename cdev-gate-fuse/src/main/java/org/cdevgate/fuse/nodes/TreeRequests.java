package org.cdevgate.fuse.nodes;

import java.util.List;
import org.cdevgate.abi.DevicePath;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.protocol.DirentWriter;
import org.cdevgate.fuse.protocol.ForgetArguments;
import org.cdevgate.fuse.protocol.FuseAttr;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.protocol.SetattrArguments;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.fuse.session.Notifier;
import org.jspecify.annotations.Nullable;

/** Requests about names, attributes and directories. One per worker. */
final class TreeRequests {
    private static final int O_EXCL = 0x80; // asm-generic/fcntl.h

    private static final byte[] DOT = {'.'};
    private static final byte[] DOT_DOT = {'.', '.'};

    // Listing positions: 1 and 2 follow "." and "..", a child is followed by its id + 2.
    private static final long AFTER_DOT = 1;
    private static final long AFTER_DOT_DOT = 2;

    private final NodeTree tree;
    private final @Nullable HelperView helper;
    private final SizeQuestions sizes;
    private final Exchange exchange;
    private final FuseAttr attr = new FuseAttr();
    private final StreamSize streamSize;
    private final DirentWriter dirents = new DirentWriter();

    /**
     * @param helper what the process that makes inotify events sees; null if there is none
     */
    TreeRequests(
            NodeTree tree,
            @Nullable HelperView helper,
            SizeQuestions sizes,
            Notifier notifier,
            Exchange exchange) {
        this.tree = tree;
        this.helper = helper;
        this.sizes = sizes;
        this.streamSize = new StreamSize(notifier);
        this.exchange = exchange;
    }

    void lookup() {
        FuseRequest request = exchange.request();
        if (request.nameLength() > DevicePath.NAME_MAX) {
            exchange.replyError(Errno.ENAMETOOLONG.number());
            return;
        }
        String name = request.name();
        NodeTree.Found found =
                helper == null
                        ? tree.lookup(request.nodeId(), name)
                        : helper.lookup(request.nodeId(), name, request.pid());
        if (found == null) {
            exchange.replyError(Errno.ENOENT.number());
            return;
        }
        replyEntry(found);
    }

    private void replyEntry(NodeTree.Found found) {
        StreamSize.fill(found.node(), attr);
        int length =
                FuseReply.entry(
                        exchange.bytes(),
                        Exchange.REPLY_OFFSET,
                        exchange.unique(),
                        found.id(),
                        0,
                        attr);
        if (exchange.reply(length) != 0 && found.counted()) {
            tree.forget(found.id(), 1);
        }
    }

    void readlink() {
        if (tree.get(exchange.request().nodeId()) instanceof Link link) {
            int offset = exchange.listingReplyOffset();
            exchange.replyAt(
                    offset,
                    FuseReply.readlink(exchange.bytes(), offset, exchange.unique(), link.target));
        } else {
            exchange.replyError(Errno.EINVAL.number());
        }
    }

    /**
     * open(2) with O_CREAT of a name that was not there when the kernel looked. Answered here, not
     * with ENOSYS, after which the kernel would send MKNOD on this connection for ever. A device
     * that has come since was absent at the look, and that is the answer: ESTALE would let the
     * kernel look once more, but the caller gets it if the device goes and comes again meanwhile.
     */
    void create() throws ErrnoException {
        boolean exclusive = (exchange.request().openFlags() & O_EXCL) != 0;
        throw (isNamed() && exclusive ? Errno.EEXIST : Errno.EPERM).exception();
    }

    /** mknod, mkdir, symlink, link: names come by registration only. */
    void make() throws ErrnoException {
        FuseRequest request = exchange.request();
        FuseOpcode opcode = request.opcode();
        if (helper != null && (opcode == FuseOpcode.SYMLINK || opcode == FuseOpcode.MKDIR)) {
            NodeTree.Found made =
                    helper.make(
                            request.nodeId(),
                            request.name(),
                            opcode == FuseOpcode.MKDIR,
                            request.pid());
            if (made != null) {
                replyEntry(made);
                return;
            }
        }
        throw (isNamed() ? Errno.EEXIST : Errno.EPERM).exception();
    }

    /** unlink, rmdir: names go by removal only. */
    void unlink() throws ErrnoException {
        FuseRequest request = exchange.request();
        boolean directory = request.opcode() == FuseOpcode.RMDIR;
        if (helper != null
                && helper.take(request.nodeId(), request.name(), directory, request.pid())) {
            exchange.replyError(0);
            return;
        }
        throw (isNamed() ? Errno.EPERM : Errno.ENOENT).exception();
    }

    /** Whether the request's name is there now; the kernel has looked before it asked. */
    private boolean isNamed() throws ErrnoException {
        FuseRequest request = exchange.request();
        if (!(tree.get(request.nodeId()) instanceof Directory directory) || directory.removed) {
            throw Errno.ENOENT.exception();
        }
        if (request.nameLength() > DevicePath.NAME_MAX) {
            throw Errno.ENAMETOOLONG.exception();
        }
        return tree.child(directory, request.name()) != null;
    }

    void forget() {
        ForgetArguments forget = exchange.request().forget();
        for (int i = 0; i < forget.count(); i++) {
            tree.forget(forget.nodeId(i), forget.lookups(i));
        }
        exchange.noReply();
    }

    void getattr() {
        long id = exchange.request().nodeId();
        Node node = tree.get(id);
        if (node != null) {
            askSize(node);
            node.fill(attr);
            streamSize.beforeGetattr(node, id);
        }
        replyAttr(node);
    }

    private void askSize(Node node) {
        if (node instanceof Device device) {
            sizes.ask(device);
            device.tellSize();
        }
    }

    private void replyAttr(@Nullable Node node) {
        if (node == null) {
            exchange.replyError(Errno.ESTALE.number());
            return;
        }
        exchange.reply(
                FuseReply.attr(exchange.bytes(), Exchange.REPLY_OFFSET, exchange.unique(), attr));
    }

    /**
     * chmod, chown, utimes; the kernel has checked the permission (default_permissions). A size is
     * accepted and ignored, as truncate(2) and O_TRUNC of a device node are.
     */
    void setattr() throws ErrnoException {
        FuseRequest request = exchange.request();
        Node node = tree.get(request.nodeId());
        if (node != null) {
            SetattrArguments wanted = request.setattr();
            int valid = wanted.valid();
            if (node instanceof Link && (valid & FuseConstants.FATTR_MODE) != 0) {
                throw Errno.EOPNOTSUPP.exception(); // as Linux 6.6 and newer say by themselves
            }
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
            askSize(node);
            StreamSize.fill(node, attr);
        }
        replyAttr(node);
    }

    private static Node.Time time(int now, long seconds, int nanos) {
        return now != 0 ? Node.now() : new Node.Time(seconds, nanos);
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
                        DevicePath.NAME_MAX));
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

    void readdir() {
        FuseRequest request = exchange.request();
        Node node = tree.get(request.nodeId());
        if (!(node instanceof Directory directory)) {
            exchange.replyError(Errno.ENOTDIR.number());
            return;
        }
        // READDIRPLUS is not asked for: the kernel would keep none of the attributes that it
        // brings.
        int room = Math.min(request.size(), exchange.maxListing());
        dirents.begin(
                exchange.bytes(), exchange.listingReplyOffset() + FuseReply.HEADER_BYTES, room);
        long position = request.offset();
        if (position < AFTER_DOT && !add(directory, AFTER_DOT, DOT)) {
            finishListing();
            return;
        }
        if (position < AFTER_DOT_DOT && !add(tree.parentOf(directory), AFTER_DOT_DOT, DOT_DOT)) {
            finishListing();
            return;
        }
        // No record is shorter than 24 bytes, so this many cannot all fit.
        List<Node> children =
                tree.list(directory, Math.max(0, position - AFTER_DOT_DOT), room / 24 + 1);
        for (Node child : children) {
            if (!add(child, child.id + AFTER_DOT_DOT, child.nameBytes)) {
                break;
            }
        }
        finishListing();
    }

    private boolean add(Node node, long next, byte[] name) {
        return dirents.add(node.id, next, node.type() >>> 12, name);
    }

    private void finishListing() {
        int offset = exchange.listingReplyOffset();
        exchange.replyAt(
                offset,
                FuseReply.header(exchange.bytes(), offset, exchange.unique(), dirents.bytes()));
    }
}
