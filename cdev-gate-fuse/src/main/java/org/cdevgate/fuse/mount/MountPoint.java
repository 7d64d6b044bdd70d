package org.cdevgate.fuse.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.libc.Libc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the path a caller named into a directory that can be mounted upon, locked against others
 * who want the same.
 *
 * <p>A server that was killed leaves its mount in the table, where every call into it fails with
 * ENOTCONN or, if a copy of its descriptor lives on, never returns. So the table is asked before
 * the path is, and a mount of this type found there is tried out by another process.
 *
 * <p>Two locks keep others out. That of the folder is held from the look that found no mount of
 * this type until ours stands in the table. It cannot be had while a stale mount covers the folder,
 * so stale mounts are taken away under the lock of the folder above: whoever waited for it looks
 * again, and never takes away what another has mounted meanwhile.
 */
final class MountPoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MountPoint.class);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(10);
    private static final Duration PARENT_LOCK_LIMIT = Duration.ofSeconds(4); // a probe and a bit

    private final Path path;
    private final FolderLock lock;

    private MountPoint(Path path, FolderLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Finds the real path of an existing directory, after removing stale mounts of this type.
     *
     * @return keeps others away until it is closed
     * @throws IOException if there is none, if this JVM would trip over the mount, or if a living
     *     server has it; the message says what to do
     */
    static MountPoint prepare(Path requested) throws IOException {
        Path path = PathWalk.resolve(requested, MountTable.read());
        if (path.getParent() == null) {
            throw new IOException(
                    requested + " is the root directory; mount upon a directory below it");
        }
        OwnFolders.requireOutside(path);
        while (true) {
            if (ours(path).isPresent()) {
                FolderLock above = FolderLock.ifPossible(path.getParent(), PARENT_LOCK_LIMIT);
                try {
                    clearStaleMounts(path);
                } finally {
                    above.close();
                }
            }
            requireDirectory(path);
            FolderLock lock = FolderLock.of(path, LOCK_LIMIT);
            boolean free = false;
            try {
                free = ours(path).isEmpty();
                if (free) {
                    return new MountPoint(path, lock);
                }
            } finally {
                if (!free) {
                    lock.close(); // another was here first; or it is the lock of its mount
                }
            }
        }
    }

    /** The real path. */
    Path path() {
        return path;
    }

    @Override
    public void close() {
        lock.close();
    }

    private static void requireDirectory(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(
                    path.toString(), null, "the mount point does not exist; mkdir it");
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(
                    path + " is not a directory; name one to mount upon, best an empty one");
        }
    }

    private static Optional<MountEntry> ours(Path path) throws IOException {
        return MountTable.read().topAt(path).filter(MountEntry::isOurType);
    }

    private static void clearStaleMounts(Path path) throws IOException {
        // Several may lie upon each other.
        Optional<MountEntry> top = ours(path);
        while (top.isPresent()) {
            MountEntry stale = top.get();
            long staleId = MountId.at(path.toString());
            requireStale(stale, path);
            LOG.info("{}: removing the mount of a cdev-gate process that has ended", path);
            try (MountTable.Source table = new MountTable.Source()) {
                Unmount.detach(stale, staleId, table);
            }
            top = ours(path);
            if (top.isPresent()
                    && MountId.at(path.toString()) == staleId
                    && top.get().isSameMount(stale)) {
                throw new IOException(
                        "cannot remove the stale mount " + path + "; run umount -l -- " + path);
            }
        }
    }

    private static void requireStale(MountEntry mount, Path path) throws IOException {
        String byHand = "umount -f -l -- " + path;
        if (!mount.answersTo(Libc.CALLS.geteuid())) {
            // The kernel would answer in the server's stead, and say nothing of whether it lives.
            throw new IOException(
                    path
                            + " is a cdev-gate mount of another user, closed to this one ("
                            + String.join(",", mount.options())
                            + "); choose another mount point or, if its process has ended, run as"
                            + " root: "
                            + byHand);
        }
        int answer = MountProbe.ask(path, PROBE_LIMIT);
        if (answer == MountProbe.SILENT) {
            throw new IOException(
                    path
                            + " is a cdev-gate mount that did not answer within "
                            + PROBE_LIMIT.toSeconds()
                            + " s: its process is stuck, or has died while another holds a copy of"
                            + " its /dev/fuse descriptor; end those, or run: "
                            + byHand);
        }
        if (answer == MountProbe.ALIVE) {
            throw new IOException(
                    path
                            + " is already served by a living cdev-gate process; end it or choose"
                            + " another mount point");
        }
        if (answer != Libc.ENOTCONN && answer != Libc.ECONNABORTED) {
            throw new IOException(
                    path
                            + " is a cdev-gate mount that answers "
                            + Errno.describe(answer)
                            + "; if its process has ended, run: "
                            + byHand);
        }
    }
}
