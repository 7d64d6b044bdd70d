package org.cdevgate.fuse;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.cdevgate.abi.NodeMode;
import org.cdevgate.fuse.nodes.NodeDescription;

/**
 * How a device appears in the mount: name, permissions, owner. Immutable; each setting returns a
 * changed copy.
 *
 * <pre>{@code
 * DeviceNode node =
 *         DeviceNode.named("input/event0").mode(0660).owner(0, 104).link("input/by-id/usb-keypad");
 * mount.register(gate, node);
 * }</pre>
 *
 * <p>As in devtmpfs a node begins with mode 0600 and the owner of the mounting process.
 */
public final class DeviceNode {
    private static final int SAME = -1;

    private final String name;
    private final int mode;
    private final int uid;
    private final int gid;
    private final boolean flush;
    private final int minor;
    private final List<String> links;

    private DeviceNode(
            String name, int mode, int uid, int gid, boolean flush, int minor, List<String> links) {
        this.name = name;
        this.mode = mode;
        this.uid = uid;
        this.gid = gid;
        this.flush = flush;
        this.minor = minor;
        this.links = links;
    }

    /**
     * A node of a name.
     *
     * @param name below the mount; may have directories, as in {@code input/event0}. Each part has
     *     1 to 255 bytes of UTF-8, the whole 4095 at most; none is {@code .} or {@code ..}, or
     *     contains a NUL
     */
    public static DeviceNode named(String name) {
        return new DeviceNode(
                Objects.requireNonNull(name, "name"), 0600, SAME, SAME, false, 0, List.of());
    }

    /**
     * Sets the permissions.
     *
     * @param permissions 0 to 07777, for example 0666
     * @throws IllegalArgumentException if it could not be a mode, see {@link NodeMode#check}
     */
    public DeviceNode mode(int permissions) {
        return new DeviceNode(name, NodeMode.check(permissions), uid, gid, flush, minor, links);
    }

    /**
     * Sets the owner.
     *
     * @param ownerUid 0 or more
     * @param ownerGid 0 or more
     */
    public DeviceNode owner(int ownerUid, int ownerGid) {
        if (ownerUid < 0 || ownerGid < 0) {
            throw new IllegalArgumentException(
                    "owner " + ownerUid + ":" + ownerGid + "; give 0 or more for both");
        }
        return new DeviceNode(name, mode, ownerUid, ownerGid, flush, minor, links);
    }

    /**
     * Whether every close(2) asks the driver's flush. Off by default: the kernel makes a closing
     * process wait for the answer, and not even SIGKILL frees it.
     */
    public DeviceNode flush(boolean onClose) {
        return new DeviceNode(name, mode, uid, gid, onClose, minor, links);
    }

    /**
     * Tells the nodes of one gate apart: the driver sees it as {@link
     * org.cdevgate.gate.OpenFile#minor}. 0 by default.
     *
     * @param number 0 or more
     */
    public DeviceNode minor(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("minor " + number + "; give 0 or more");
        }
        return new DeviceNode(name, mode, uid, gid, flush, number, links);
    }

    /**
     * Adds a symbolic link to the node, as udev makes them below /dev/disk/by-id. It appears and
     * vanishes in the same step as the node, and points to it by a relative path, which readlink(2)
     * shows: {@code ../../sda} for a link {@code disk/by-id/serial-1234} to {@code sda}. May be
     * called several times.
     *
     * @param linkName below the mount, by the same rules as the node's name
     */
    public DeviceNode link(String linkName) {
        List<String> more = new ArrayList<>(links);
        more.add(Objects.requireNonNull(linkName, "linkName"));
        return new DeviceNode(name, mode, uid, gid, flush, minor, List.copyOf(more));
    }

    /** The names of the links, in the order they were given. */
    public List<String> links() {
        return links;
    }

    /** The name below the mount. */
    public String name() {
        return name;
    }

    /** What the mount is told, whose owner is the node's unless that has one of its own. */
    NodeDescription describe(int mountUid, int mountGid) {
        return new NodeDescription(
                name,
                links,
                mode,
                uid == SAME ? mountUid : uid,
                gid == SAME ? mountGid : gid,
                flush,
                minor);
    }
}
