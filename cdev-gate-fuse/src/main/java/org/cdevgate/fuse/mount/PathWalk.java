package org.cdevgate.fuse.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.cdevgate.fuse.libc.Libc;

/**
 * Resolves a path as the kernel does, name by name: {@code ..} after a link is the parent of what
 * the link leads to. Where something is mounted the walk goes on by the mount table alone, so it
 * asks nothing of a mount that it ends at, or leaves by {@code ..}. For one thread.
 */
final class PathWalk {
    private static final int MAX_LINKS = 40; // MAXSYMLINKS of the kernel

    private final Path start;
    private final MountTable mounts;
    private final Deque<Path> names = new ArrayDeque<>();
    private Path at;
    private int links;

    /**
     * A walk that has not begun.
     *
     * @throws IOException if the working directory, from which a relative path starts, is none that
     *     this JVM can name
     */
    PathWalk(Path path, MountTable mounts) throws IOException {
        if (!path.isAbsolute()) {
            requireExpressible(Files.readSymbolicLink(Path.of("/proc/self/cwd")));
        }
        this.start = path.toAbsolutePath();
        this.mounts = mounts;
        this.at = start.getRoot();
        push(start);
    }

    /** Walks to the end of a path, and returns where it leads: an absolute path without links. */
    static Path resolve(Path path, MountTable mounts) throws IOException {
        PathWalk walk = new PathWalk(path, mounts);
        while (walk.advance()) {
            // Until it is there.
        }
        return walk.at();
    }

    /** Where the walk is now: an absolute path without links. */
    Path at() {
        return at;
    }

    private void push(Path path) {
        for (int i = path.getNameCount() - 1; i >= 0; i--) {
            names.push(path.getName(i));
        }
    }

    /**
     * Takes the next name.
     *
     * @return false if there was none
     * @throws IOException if the walk cannot go on; the message says what to do
     */
    boolean advance() throws IOException {
        Path name = names.poll();
        if (name == null) {
            return false;
        }
        if (name.toString().isEmpty()) {
            return true; // the only name of the path ""
        }
        requireFolder();
        if (name.toString().equals("..")) {
            at = at.getParent() == null ? at : at.getParent();
        } else if (!name.toString().equals(".")) {
            enter(at.resolve(name));
        }
        return true;
    }

    private void enter(Path next) throws IOException {
        requireExpressible(next);
        if (mounts.isMountPoint(next) || !Files.isSymbolicLink(next)) {
            at = next;
            return;
        }
        if (++links > MAX_LINKS) {
            throw new IOException(
                    start + " is a chain of more than " + MAX_LINKS + " symbolic links");
        }
        Path target = Files.readSymbolicLink(next);
        if (target.isAbsolute()) {
            at = target.getRoot();
        }
        push(target);
    }

    private void requireFolder() throws IOException {
        if (mounts.isMountPoint(at)) {
            return;
        }
        boolean folder = false;
        NoSuchFileException missing = null;
        try {
            folder =
                    Files.readAttributes(at, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .isDirectory();
        } catch (NoSuchFileException e) {
            missing = e;
        }
        if (!folder) {
            throw new IOException(at + " is not an existing directory; mkdir -p " + start, missing);
        }
    }

    /** Refuses a path whose text names another file, or none. */
    static void requireExpressible(Path path) throws IOException {
        if (!Libc.isExpressible(path)) {
            throw new IOException(
                    path
                            + " has a name that cannot be written in this JVM's charset for paths ("
                            + Libc.pathCharset()
                            + "), so something else would be mounted upon; start the JVM with a"
                            + " locale that has it, such as LC_ALL=C.UTF-8, or choose another mount"
                            + " point");
        }
    }
}
