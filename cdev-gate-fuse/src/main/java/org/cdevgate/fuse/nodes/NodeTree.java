package org.cdevgate.fuse.nodes;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseName;
import org.cdevgate.gate.FopsGate;

/**
 * Names and node ids of one mount. One lock guards all of it and is held for look-ups only: no
 * driver code and no write to the kernel under it.
 *
 * <p>A directory and a device whose writes do not sleep have one id, their own, and count the
 * kernel's lookups of it. Others get a new id at each lookup, all with the same inode number for
 * stat(2): the kernel makes an inode of each id, and holds its lock while a write sleeps, so with
 * one id all writers, fsync and O_TRUNC openers of a device would wait for one sleeping write, deaf
 * to signals. The price: a second LOOKUP at each walk of the path, file locks that do not exclude
 * other openings, and a /proc/PID/fd that shows the path as deleted.
 */
final class NodeTree {
    static final int NAME_MAX = 255;
    private static final int FIRST_ID = 2; // 1 is the root

    private final Directory root;
    private final int uid;
    private final int gid;

    // Guarded by this.
    private final Map<Long, Node> byId = new HashMap<>();
    private final Set<Device> devices = new HashSet<>();
    private long nextId = FIRST_ID;

    NodeTree(int uid, int gid) {
        this.uid = uid;
        this.gid = gid;
        root = new Directory(FuseConstants.FUSE_ROOT_ID, "", new byte[0], uid, gid);
        byId.put(root.id, root);
    }

    /**
     * Checks a device's path and splits it.
     *
     * @throws IllegalArgumentException if it could not be a path below the mount
     */
    static String[] split(String path) {
        String[] parts = path.split("/", -1);
        for (String part : parts) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException(
                        "device name \""
                                + path
                                + "\" has an empty, . or .. part; give a path such as"
                                + " input/event0");
            }
            if (part.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        "device name \"" + path.replace("\0", "\\0") + "\" contains a NUL");
            }
            int bytes = FuseName.encode(part).length;
            if (bytes > NAME_MAX) {
                throw new IllegalArgumentException(
                        "device name part of "
                                + bytes
                                + " bytes; the longest is "
                                + NAME_MAX
                                + ": "
                                + part);
            }
        }
        return parts;
    }

    /** Publishes a device under its path, making directories at need. */
    synchronized Device add(
            String path,
            int mode,
            int ownerUid,
            int ownerGid,
            FopsGate gate,
            boolean flush,
            int minor)
            throws FileAlreadyExistsException, NotDirectoryException {
        String[] parts = split(path);
        // Look first, so that a refusal leaves no directories behind.
        Directory deepest = root;
        int known = 0;
        for (; known < parts.length; known++) {
            Node child = deepest.byName.get(parts[known]);
            if (child == null) {
                break;
            }
            if (known == parts.length - 1) {
                throw new FileAlreadyExistsException(path);
            }
            if (!(child instanceof Directory directory)) {
                throw new NotDirectoryException(path);
            }
            deepest = directory;
        }
        for (; known < parts.length - 1; known++) {
            Directory made =
                    new Directory(nextId++, parts[known], FuseName.encode(parts[known]), uid, gid);
            byId.put(made.id, made);
            deepest.add(made);
            deepest = made;
        }
        String last = parts[parts.length - 1];
        Device device =
                new Device(
                        nextId++,
                        last,
                        FuseName.encode(last),
                        mode,
                        ownerUid,
                        ownerGid,
                        gate,
                        flush,
                        minor);
        if (!device.hasIdPerLookup()) {
            byId.put(device.id, device);
        }
        deepest.add(device);
        devices.add(device);
        return device;
    }

    /** Takes a device's name away, and those of directories that become empty. */
    synchronized void remove(Device device) {
        if (device.removed) {
            return;
        }
        devices.remove(device);
        Node gone = device;
        Directory above = gone.parent;
        detach(gone);
        while (above != root && above.byName.isEmpty()) {
            gone = above;
            above = gone.parent;
            detach(gone);
        }
    }

    private void detach(Node node) {
        node.parent.remove(node);
        node.removed = true;
        if (node.lookups <= 0) {
            byId.remove(node.id);
        }
    }

    /** What a lookup found: the node, and the id that the kernel is told. */
    record Found(Node node, long id) {}

    /** The child of a directory, with one lookup counted; null if there is none. */
    synchronized Found lookup(long directoryId, String name) {
        if (!(byId.get(directoryId) instanceof Directory directory)) {
            return null;
        }
        Node child = directory.byName.get(name);
        return child == null ? null : new Found(child, countLookup(child));
    }

    /** Counts a lookup that a reply tells the kernel of; returns the id to tell it. */
    synchronized long countLookup(Node node) {
        long id = node.hasIdPerLookup() ? nextId++ : node.id;
        node.lookups++;
        byId.put(id, node); // it may have been removed since it was listed
        return id;
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
    synchronized Node get(long id) {
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

    synchronized Directory parentOf(Directory directory) {
        return directory.parent == null ? root : directory.parent;
    }

    synchronized int devices() {
        return devices.size();
    }

    /** The devices whose names are published. */
    synchronized Collection<Device> all() {
        return List.copyOf(devices);
    }

    /** Ids that the tree remembers, the root's among them; for tests of what is forgotten. */
    synchronized int remembered() {
        return byId.size();
    }
}
