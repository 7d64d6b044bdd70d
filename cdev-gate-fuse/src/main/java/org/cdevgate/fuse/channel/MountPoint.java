package org.cdevgate.fuse.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the path a caller named into a directory that can be mounted upon.
 *
 * <p>A server that was killed leaves its mount in the table, where every call into it fails with
 * ENOTCONN or, if a copy of its descriptor lives on, never returns. So the table is asked before
 * the path is, and a mount of this type found there is tried out by another process.
 */
final class MountPoint {
    private static final Logger LOG = LoggerFactory.getLogger(MountPoint.class);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);
    private static final int MAX_LINKS = 40; // MAXSYMLINKS of the kernel

    private MountPoint() {}

    /**
     * Returns the real path of an existing directory, after removing stale mounts of this type.
     *
     * @throws IOException if there is none, or if a living server has it; the message says what to
     *     do
     */
    static Path prepare(Path requested) throws IOException {
        Path path = requested;
        for (int links = 0; links <= MAX_LINKS; links++) {
            path = withRealParent(path);
            clearStaleMounts(path);
            if (!Files.isSymbolicLink(path)) {
                if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    throw new NoSuchFileException(
                            path.toString(), null, "the mount point does not exist; mkdir it");
                }
                if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    throw new IOException(
                            path
                                    + " is not a directory; name one to mount upon, best an empty"
                                    + " one");
                }
                return path;
            }
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        throw new IOException(
                requested + " is a chain of more than " + MAX_LINKS + " symbolic links");
    }

    /** Resolves all but the last name, which may be a mount that must not be touched. */
    private static Path withRealParent(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path name = absolute.getFileName();
        if (name != null && (name.toString().equals(".") || name.toString().equals(".."))) {
            absolute = absolute.normalize();
            name = absolute.getFileName();
        }
        if (name == null) {
            throw new IOException(path + " is the root directory; mount upon a directory below it");
        }
        try {
            return absolute.getParent().toRealPath().resolve(name);
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new IOException(
                    absolute.getParent() + " is not an existing directory; mkdir -p " + path, e);
        }
    }

    private static void clearStaleMounts(Path path) throws IOException {
        // Several may lie upon each other.
        Optional<MountEntry> top = MountTable.read().topAt(path).filter(MountEntry::isOurType);
        while (top.isPresent()) {
            MountEntry stale = top.get();
            long staleId = MountId.at(path.toString());
            requireStale(stale, path);
            LOG.info("{}: removing the mount of a cdev-gate process that has ended", path);
            try (MountTable.Source table = new MountTable.Source()) {
                Unmount.detach(stale, staleId, table);
            }
            top = MountTable.read().topAt(path).filter(MountEntry::isOurType);
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
        Optional<HelperProcess.Result> probe =
                HelperProcess.run(PROBE_LIMIT, List.of("stat", "-f", "--", path.toString()));
        if (probe.isEmpty()) {
            throw new IOException(
                    path
                            + " is a cdev-gate mount that did not answer within "
                            + PROBE_LIMIT.toSeconds()
                            + " s: its process is stuck, or has died while another holds a copy of"
                            + " its /dev/fuse descriptor; end those, or run: "
                            + byHand);
        }
        if (probe.get().exit() == 0) {
            throw new IOException(
                    path
                            + " is already served by a living cdev-gate process; end it or choose"
                            + " another mount point");
        }
        String answer = probe.get().output();
        if (!answer.contains("Transport endpoint is not connected") // ENOTCONN
                && !answer.contains("Software caused connection abort")) { // ECONNABORTED
            throw new IOException(
                    path
                            + " is a cdev-gate mount that answers \""
                            + answer
                            + "\"; if its process has ended, run: "
                            + byHand);
        }
    }
}
