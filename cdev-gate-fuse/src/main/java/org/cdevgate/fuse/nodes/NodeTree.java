package org.cdevgate.fuse.nodes;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.session.Share;
import org.cdevgate.gate.FopsGate;
import org.jspecify.annotations.Nullable;

/**
 * Names and node ids of one mount. One lock guards all of it and is held for look-ups only: no
 * driver code and no write to the kernel under it.
 *
 * <p>A directory, a link and a device whose writes do not sleep have one id, their own, and count
 * the kernel's lookups of it. Others get a new id at each lookup, all with the same inode number
 * for stat(2): the kernel makes an inode of each id, and holds its lock while a write sleeps, so
 * with one id all writers, fsync and O_TRUNC openers of a device would wait for one sleeping write,
 * deaf to signals. The price: a second LOOKUP at each walk of the path, file locks that do not
 * exclude other openings, and a /proc/PID/fd that shows the path as deleted.
 */
final class NodeTree {
    private static final int FIRST_ID = 2; // 1 is the root

    private final Directory root;
    private final int uid;
    private final int gid;

    // Guarded by this.
    private final Map<Long, Node> byId = new HashMap<>();
    private final Map<FopsGate, Device> devices = new HashMap<>(); // with Device.nextOfGate
    private long nextId = FIRST_ID;
    private @Nullable Watcher watcher; // null: nobody wants to know

    NodeTree(int uid, int gid) {
        this.uid = uid;
        this.gid = gid;
        root = new Directory(FuseConstants.FUSE_ROOT_ID, "", new byte[0], uid, gid);
        byId.put(root.id, root);
    }

    /** Tells somebody of names that come and go; before the first one is added. */
    synchronized void watchedBy(Watcher theWatcher) {
        watcher = theWatcher;
    }

    /** Hears of each name that comes or goes, in order, under the tree's lock: must not wait. */
    interface Watcher {
        /**
         * A name has come.
         *
         * @param way the directories from below the root to the one that the name is in
         */
        void appeared(List<Directory> way, Node node);

        /** A name has gone. */
        void vanished(List<Directory> way, Node node);
    }

    /**
     * Publishes a device under its path, and its links, in one step; makes missing directories.
     *
     * @param firstSize what was asked before, or null
     * @throws FileAlreadyExistsException if one of the names is in use; nothing is published
     * @throws NotDirectoryException if a part of a path is a device or a link
     * @throws IllegalArgumentException if one could not be a path below the mount
     */
    synchronized Device add(NodeDescription node, FopsGate gate, @Nullable SizeQuestion firstSize)
            throws FileAlreadyExistsException, NotDirectoryException {
        NodePath nodePath = new NodePath("device", node.path());
        List<NodePath> linkPaths = new ArrayList<>(node.links().size());
        List<byte[]> targets = new ArrayList<>(node.links().size());
        for (String link : node.links()) {
            NodePath linkPath = new NodePath("link", link);
            linkPaths.add(linkPath);
            targets.add(linkPath.targetTo(nodePath));
        }
        checkFree(nodePath);
        for (NodePath linkPath : linkPaths) {
            checkFree(linkPath);
        }
        checkApart(nodePath, linkPaths);

        Directory above = directoryOf(nodePath);
        Device other = devices.get(gate);
        Share share = other == null ? new Share() : other.share;
        Device device = new Device(nextId++, nodePath.last(), node, gate, share);
        device.askedFirst(firstSize);
        if (!device.hasIdPerLookup()) {
            byId.put(device.id, device);
        }
        attach(above, device);
        device.nextOfGate = other;
        devices.put(gate, device);
        List<Link> made = new ArrayList<>(targets.size());
        for (int i = 0; i < targets.size(); i++) {
            NodePath.Part name = linkPaths.get(i).last();
            above = directoryOf(linkPaths.get(i));
            Link link = new Link(nextId++, name.name(), name.bytes(), targets.get(i), uid, gid);
            byId.put(link.id, link);
            attach(above, link);
            made.add(link);
        }
        device.links = List.copyOf(made);
        return device;
    }

    private void checkFree(NodePath path) throws FileAlreadyExistsException, NotDirectoryException {
        Directory deepest = root;
        for (NodePath.Part part : path.directories()) {
            Node child = deepest.byName.get(part.name());
            if (child == null) {
                return;
            }
            if (!(child instanceof Directory directory)) {
                throw new NotDirectoryException(path.toString());
            }
            deepest = directory;
        }
        if (deepest.byName.containsKey(path.last().name())) {
            throw new FileAlreadyExistsException(path.toString());
        }
    }

    /** A node and its links must not be in each other's way either. */
    private static void checkApart(NodePath node, List<NodePath> links)
            throws FileAlreadyExistsException, NotDirectoryException {
        if (links.isEmpty()) {
            return;
        }
        Set<String> names = new HashSet<>();
        names.add(node.toString());
        for (NodePath link : links) {
            if (!names.add(link.toString())) {
                throw new FileAlreadyExistsException(link.toString());
            }
        }
        for (String name : names) {
            for (int end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) {
                if (names.contains(name.substring(0, end))) {
                    throw new NotDirectoryException(name);
                }
            }
        }
    }

    private Directory directoryOf(NodePath path) {
        Directory deepest = root;
        for (NodePath.Part part : path.directories()) {
            Directory next = (Directory) deepest.byName.get(part.name()); // checkFree has looked
            if (next == null) {
                next = new Directory(nextId++, part.name(), part.bytes(), uid, gid);
                byId.put(next.id, next);
                attach(deepest, next);
            }
            deepest = next;
        }
        return deepest;
    }

    private void attach(Directory above, Node node) {
        above.add(node);
        if (watcher != null) {
            watcher.appeared(way(above), node);
        }
    }

    /** Takes away the names of a device, its links, and directories that become empty. */
    synchronized void remove(Device device) {
        if (device.removed) {
            return;
        }
        forget(device);
        device.links.forEach(this::detach);
        detach(device);
    }

    private void forget(Device device) {
        Device first = devices.get(device.gate);
        Device next = device.nextOfGate;
        if (first == device && next == null) {
            devices.remove(device.gate);
        } else if (first == device) {
            devices.put(device.gate, next);
        } else {
            for (Device each = first; each != null; each = each.nextOfGate) {
                if (each.nextOfGate == device) {
                    each.nextOfGate = next;
                }
            }
        }
    }

    private void detach(Node node) {
        Directory above = node.parent;
        if (above == null) {
            return; // it is in none
        }
        if (watcher != null) {
            watcher.vanished(way(above), node);
        }
        above.remove(node);
        node.removed = true;
        if (node.lookups <= 0) {
            byId.remove(node.id);
        }
        if (above != root && above.byName.isEmpty()) {
            detach(above);
        }
    }

    private List<Directory> way(Directory to) {
        ArrayDeque<Directory> way = new ArrayDeque<>();
        Directory each = to;
        for (Directory above; (above = each.parent) != null; each = above) {
            way.addFirst(each);
        }
        return List.copyOf(way);
    }

    /**
     * What a lookup found.
     *
     * @param id what the kernel is told
     * @param counted whether the kernel's lookup was counted, and {@link #forget} is due if it does
     *     not take the reply
     */
    record Found(Node node, long id, boolean counted) {
        Found(Node node, long id) {
            this(node, id, true);
        }
    }

    /** The child of a directory, with one lookup counted; null if there is none. */
    synchronized @Nullable Found lookup(long directoryId, String name) {
        if (!(byId.get(directoryId) instanceof Directory directory)) {
            return null;
        }
        Node child = directory.byName.get(name);
        return child == null ? null : new Found(child, countLookup(child));
    }

    /** The child of a directory, or null, without telling the kernel of it. */
    synchronized @Nullable Node child(Directory directory, String name) {
        return directory.byName.get(name);
    }

    /** Counts a lookup that a reply tells the kernel of; returns the id to tell it. */
    synchronized long countLookup(Node node) {
        long id = node.hasIdPerLookup() ? nextId++ : node.id;
        node.lookups++;
        node.lastId = id;
        byId.put(id, node); // it may have been removed since it was listed
        return id;
    }

    /** A node that is in no directory: a link, or a directory, with one lookup counted. */
    synchronized Found phantom(boolean directory) {
        byte[] name = {};
        Node node =
                directory
                        ? new Directory(nextId++, "", name, uid, gid)
                        : new Link(nextId++, "", name, new byte[] {'.'}, uid, gid);
        node.removed = true;
        return new Found(node, countLookup(node));
    }

    /** A node, in a directory or not any more, by the id that the kernel knows it by, if any. */
    synchronized @Nullable Found known(Node node) {
        if (!node.hasIdPerLookup()) {
            return new Found(node, countLookup(node));
        }
        return byId.get(node.lastId) == node ? new Found(node, node.lastId, false) : null;
    }

    /**
     * The kernel gives lookups back, or a reply that would have counted was not taken. More than
     * there are leave none: a debt would swallow the lookups that come later.
     *
     * @param lookups unsigned
     */
    synchronized void forget(long id, long lookups) {
        Node node = byId.get(id);
        if (node == null || node == root) {
            return;
        }
        boolean all = Long.compareUnsigned(lookups, node.lookups) >= 0;
        node.lookups = all ? 0 : node.lookups - lookups;
        // Such an id is looked up once.
        if (node.hasIdPerLookup() || (node.removed && node.lookups <= 0)) {
            byId.remove(id);
        }
    }

    /** The node of an id that the kernel holds, or null. */
    synchronized @Nullable Node get(long id) {
        return byId.get(id);
    }

    /**
     * Children of a directory that come after a position, in listing order.
     *
     * @param most how many at most
     */
    synchronized List<Node> list(Directory directory, long after, int most) {
        List<Node> children = new ArrayList<>();
        for (Node child : directory.byId.tailMap(after, false).values()) {
            if (children.size() == most) {
                break;
            }
            children.add(child);
        }
        return children;
    }

    long rootId() {
        return root.id;
    }

    synchronized Directory parentOf(Directory directory) {
        return directory.parent == null ? root : directory.parent;
    }

    /** The devices whose names are published. */
    synchronized Collection<Device> all() {
        List<Device> all = new ArrayList<>(devices.size());
        for (Device first : devices.values()) {
            for (Device each = first; each != null; each = each.nextOfGate) {
                all.add(each);
            }
        }
        return all;
    }

    /** Ids that the tree remembers, the root's among them; for tests of what is forgotten. */
    synchronized int remembered() {
        return byId.size();
    }
}
