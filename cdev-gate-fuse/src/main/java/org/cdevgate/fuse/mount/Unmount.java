package org.cdevgate.fuse.mount;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.libc.Libc;
import org.jspecify.annotations.Nullable;

/** Takes one particular mount out of the table, and no other one that may stand at its path now. */
final class Unmount {
    private Unmount() {}

    /**
     * Detaches a mount: its path is free at once, its open files work until they are closed. Does
     * nothing if the mount is gone.
     *
     * <p>The kernel unmounts by path only, so a mount made upon this one in the moment after the
     * last look would be detached in its place; and before Linux 6.8 a later mount may have the
     * same identity.
     *
     * @param mount as it stood in the table
     * @param uniqueId of that mount, or {@link MountId#UNKNOWN}
     * @param source of the mount table
     * @throws IOException if the mount stays; the message says what to do
     */
    static void detach(MountEntry mount, long uniqueId, MountTable.Source source)
            throws IOException {
        MountTable table = source.read();
        Optional<MountEntry> current = table.find(mount);
        if (current.isEmpty()) {
            return;
        }
        Path path = pathOf(current.get());
        if (!table.topAt(path).filter(mount::isSameMount).isPresent()) {
            throw new IOException(
                    "something else is mounted over "
                            + path
                            + ", see findmnt; unmount that first, then this");
        }
        long uniqueIdNow = MountId.at(path.toString());
        if (uniqueId != MountId.UNKNOWN
                && uniqueIdNow != MountId.UNKNOWN
                && uniqueIdNow != uniqueId) {
            return; // A later mount that got the ids of the one that is gone.
        }
        try {
            detachUppermost(path);
        } catch (IOException e) {
            if (source.read().find(mount).isPresent()) {
                throw e;
            }
            // Somebody else was faster.
        }
    }

    private static Path pathOf(MountEntry mount) throws IOException {
        try {
            Path path = Path.of(mount.mountPoint());
            if (mount.isAt(path)) {
                return path;
            }
            throw movedAway(mount, null);
        } catch (InvalidPathException e) {
            throw movedAway(mount, e);
        }
    }

    private static IOException movedAway(MountEntry mount, @Nullable InvalidPathException cause) {
        return new IOException(
                "the mount was moved to "
                        + mount.mountPoint()
                        + ", a path that this JVM cannot write; run as root: umount -l -- with its"
                        + " real name, see findmnt -t "
                        + MountEntry.FUSE_TYPE,
                cause);
    }

    /** Detaches whatever is uppermost at the path. */
    static void detachUppermost(Path path) throws IOException {
        if (Libc.CALLS.geteuid() == 0) {
            detachAsRoot(path);
        } else {
            Fusermount.unmount(path);
        }
    }

    /** {@link #detachUppermost} by root. */
    static void detachAsRoot(Path path) throws IOException {
        if (Libc.CALLS.umount2(
                        Libc.cString(path.toString()), Libc.MNT_DETACH | Libc.UMOUNT_NOFOLLOW)
                != 0) {
            throw new IOException(
                    "cannot unmount "
                            + path
                            + ": umount2(2) failed with "
                            + Errno.describe(Libc.errno())
                            + "; run umount -l -- "
                            + path
                            + " with CAP_SYS_ADMIN in the mount's namespace");
        }
    }
}
