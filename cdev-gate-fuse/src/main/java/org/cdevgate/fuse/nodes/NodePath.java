package org.cdevgate.fuse.nodes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.DevicePath;
import org.cdevgate.fuse.protocol.FuseName;

/**
 * A path below the mount, checked: no part of it can leave the mount, be unreachable, or be taken
 * for another.
 */
final class NodePath {
    /** Longest path that a system call takes, in bytes: PATH_MAX without its NUL. */
    private static final int PATH_MAX = 4095;

    private static final byte[] UP = "../".getBytes(StandardCharsets.US_ASCII);

    private final String text;
    private final List<Part> parts = new ArrayList<>();

    /** One name of a path, as text and as the kernel's bytes. */
    static final class Part {
        private final String name;
        private final byte[] bytes;

        private Part(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
        }

        String name() {
            return name;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    /**
     * Checks a path.
     *
     * @param what it is a path of, for the message: "device", "link"
     * @throws IllegalArgumentException if it could not be a path below the mount; the message has
     *     the path and what to give instead
     */
    NodePath(String what, String path) {
        text = path;
        int bytes = -1;
        for (String name : DevicePath.split(what, path)) {
            Part part = new Part(name, check(what, name));
            parts.add(part);
            bytes += part.bytes.length + 1;
        }
        if (bytes > PATH_MAX) {
            throw new IllegalArgumentException(
                    what
                            + " name of "
                            + bytes
                            + " bytes; no system call takes a path above "
                            + PATH_MAX
                            + ": "
                            + path);
        }
    }

    private byte[] check(String what, String name) {
        byte[] bytes = FuseName.encode(name);
        DevicePath.checkLength(what, name, bytes.length);
        // Escaped bytes that together are text would be a second spelling of that text: listed, but
        // found by nobody.
        if (!FuseName.decode(bytes).equals(name)) {
            throw new IllegalArgumentException(
                    what
                            + " name \""
                            + text
                            + "\" spells "
                            + FuseName.decode(bytes)
                            + " in escaped bytes; give the text itself");
        }
        return bytes;
    }

    /** The names of the directories on the way. */
    List<Part> directories() {
        return parts.subList(0, parts.size() - 1);
    }

    /** The last name. */
    Part last() {
        return parts.get(parts.size() - 1);
    }

    /**
     * What a link at this path shows to readlink(2): relative, so that it holds wherever the mount
     * is seen from, and never above the mount.
     *
     * @throws IllegalArgumentException if it is longer than a system call takes
     */
    byte[] targetTo(NodePath node) {
        int ups = directories().size();
        int first = 0;
        while (ups > 0
                && first < node.directories().size()
                && parts.get(first).name.equals(node.parts.get(first).name)) {
            first++;
            ups--;
        }
        int length = ups * UP.length - 1;
        for (Part part : node.parts.subList(first, node.parts.size())) {
            length += part.bytes.length + 1;
        }
        if (length > PATH_MAX) {
            throw new IllegalArgumentException(
                    "link name \""
                            + text
                            + "\" is so deep that its target has "
                            + length
                            + " bytes; readlink(2) gives "
                            + PATH_MAX);
        }
        byte[] target = new byte[length];
        int at = 0;
        for (; ups > 0; ups--) {
            System.arraycopy(UP, 0, target, at, UP.length);
            at += UP.length;
        }
        for (Part part : node.parts.subList(first, node.parts.size())) {
            System.arraycopy(part.bytes, 0, target, at, part.bytes.length);
            at += part.bytes.length;
            if (at < length) {
                target[at++] = '/';
            }
        }
        return target;
    }

    @Override
    public String toString() {
        return text;
    }
}
