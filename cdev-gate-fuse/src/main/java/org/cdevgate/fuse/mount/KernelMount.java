package org.cdevgate.fuse.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.libc.Libc;

/**
 * A FUSE filesystem in the mount table, and the channel to the kernel behind it.
 *
 * <p>Mounted by mount(2) as root, through fusermount3(1) as a user; always with nosuid, nodev and
 * default_permissions, and under the type {@code fuse.cdev-gate}. Calls into the mount wait until
 * somebody answers what the channel receives: do not touch the mount point from this process.
 *
 * <p>{@link #detach} and {@link FuseChannel#close} are independent of each other. Detach first, so
 * that no new caller finds the mount, then close.
 */
public final class KernelMount {
    private static final String DEVICE = "/dev/fuse";
    private static final String S_IFDIR_OCTAL = "40000";

    private final FuseChannel channel;
    private final Path mountPoint;
    private final MountEntry entry;
    private final long uniqueId;
    private final MountTable.Source table; // open early: descriptors may be exhausted later
    private boolean detached; // guarded by this

    /** Has a last word before a mount is made. */
    public interface Permission {
        /**
         * Returns if it may be made.
         *
         * @throws IOException if not; the message says why
         */
        void require() throws IOException;
    }

    private KernelMount(
            FuseChannel channel, Path mountPoint, MountEntry entry, MountTable.Source table) {
        this.channel = channel;
        this.mountPoint = mountPoint;
        this.entry = entry;
        this.uniqueId = MountId.at(mountPoint.toString());
        this.table = table;
    }

    /**
     * Mounts. A stale mount of this type at the same path, left by a server that was killed, is
     * removed first; to find out whether it is stale takes up to 3 seconds. Of several threads and
     * processes that mount on the same folder one does. The first request to come out of the
     * channel is INIT.
     *
     * @param options where and how
     * @param mayMount asked when nothing but the mounting itself is left to do
     * @throws IOException if the mount point is unfit or taken, or the kernel or fusermount3
     *     refuses; nothing is left behind then, and the message says what to do
     */
    public static KernelMount mount(MountOptions options, Permission mayMount) throws IOException {
        boolean root = Libc.CALLS.geteuid() == 0;
        if (!root) {
            Fusermount.requireUnmountable();
        }
        try (MountPoint point = MountPoint.prepare(options.mountPoint())) {
            MountTable.Source table = new MountTable.Source();
            try {
                mayMount.require();
                return mount(point.path(), options, root, table);
            } catch (Throwable e) {
                try {
                    table.close();
                } catch (IOException second) {
                    e.addSuppressed(second);
                }
                throw e;
            }
        }
    }

    private static KernelMount mount(
            Path path, MountOptions options, boolean root, MountTable.Source table)
            throws IOException {
        // No other cdev-gate mounts here now: what is of our type at this path, and was not before,
        // is the one that we make.
        List<MountEntry> before = table.read().allAt(path);
        FuseChannel channel = null;
        try {
            channel = connect(path, options, root);
            MountEntry made = added(path, before, table).orElse(null);
            if (made == null || !table.read().topAt(path).filter(made::isSameMount).isPresent()) {
                throw new IOException(
                        path
                                + " was unmounted or mounted over as soon as it was mounted; end"
                                + " whoever does that, see findmnt");
            }
            return new KernelMount(channel, path, made, table);
        } catch (Throwable e) {
            // Whatever went wrong, and wherever: a fusermount3 that was killed half-way included.
            undo(path, before, table, e);
            if (channel != null) {
                channel.discard();
            }
            throw e;
        }
    }

    private static FuseChannel connect(Path path, MountOptions options, boolean root)
            throws IOException {
        int nullFd = FuseChannel.openNull();
        int fd = -1;
        boolean done = false;
        try {
            fd = root ? openDevice() : Fusermount.mount(path, userOptions(options));
            if (root) {
                mountAsRoot(path, options, fd);
            }
            FuseChannel channel = new FuseChannel(fd, nullFd);
            done = true;
            return channel;
        } finally {
            if (!done) {
                Libc.CALLS.close(nullFd);
                if (fd >= 0) {
                    Libc.CALLS.close(fd);
                }
            }
        }
    }

    /** The mount of our type at a path that was not there before. */
    private static Optional<MountEntry> added(
            Path path, List<MountEntry> before, MountTable.Source table) throws IOException {
        return table.read().allAt(path).stream()
                .filter(MountEntry::isOurType)
                .filter(entry -> before.stream().noneMatch(entry::isSameMount))
                .reduce((lower, upper) -> upper);
    }

    /** Takes away what was mounted, if it was. */
    private static void undo(
            Path path, List<MountEntry> before, MountTable.Source table, Throwable cause) {
        try {
            Optional<MountEntry> made = added(path, before, table);
            if (made.isPresent()) {
                Unmount.detach(made.get(), MountId.UNKNOWN, table);
            }
        } catch (IOException | RuntimeException | Error e) {
            cause.addSuppressed(e);
        }
    }

    private static String userOptions(MountOptions options) {
        return "fsname="
                + options.fsName()
                + ",subtype=cdev-gate,default_permissions"
                + (options.allowOther() ? ",allow_other" : "");
    }

    private static int openDevice() throws IOException {
        int fd = Libc.CALLS.open(Libc.cString(DEVICE), Libc.O_RDWR | Libc.O_CLOEXEC);
        if (fd >= 0) {
            return fd;
        }
        int errno = Libc.errno();
        String remedy =
                switch (errno) {
                    case Libc.ENOENT ->
                            "modprobe fuse, or give the container the device (--device /dev/fuse)";
                    case Libc.ENODEV, Libc.ENXIO ->
                            "modprobe fuse; the kernel needs CONFIG_FUSE_FS";
                    case Libc.EACCES, Libc.EPERM ->
                            "chmod 0666 /dev/fuse, or allow it in the container's device cgroup"
                                    + " (--device /dev/fuse)";
                    default -> "raise ulimit -n if that is EMFILE";
                };
        throw new IOException(
                "open of " + DEVICE + " failed with " + Errno.describe(errno) + "; " + remedy);
    }

    private static void mountAsRoot(Path path, MountOptions options, int fd) throws IOException {
        String data =
                "fd="
                        + fd
                        + ",rootmode="
                        + S_IFDIR_OCTAL
                        + ",user_id="
                        + Libc.CALLS.geteuid()
                        + ",group_id="
                        + Libc.CALLS.getegid()
                        + ",default_permissions"
                        + (options.allowOther() ? ",allow_other" : "");
        if (Libc.CALLS.mount(
                        Libc.cString(options.fsName()),
                        Libc.cString(path.toString()),
                        Libc.cString(MountEntry.FUSE_TYPE),
                        Libc.MS_NOSUID | Libc.MS_NODEV,
                        Libc.cString(data))
                == 0) {
            return;
        }
        int errno = Libc.errno();
        String remedy =
                switch (errno) {
                    case Libc.EPERM ->
                            "root needs CAP_SYS_ADMIN here: docker run --cap-add SYS_ADMIN"
                                    + " --device /dev/fuse, or run as an ordinary user with fuse3"
                                    + " installed";
                    case Libc.ENODEV -> "modprobe fuse; the kernel needs CONFIG_FUSE_FS";
                    case Libc.EACCES -> "make every directory on the way searchable";
                    default -> "see mount(2) and dmesg";
                };
        throw new IOException(
                "mount(2) of "
                        + MountEntry.FUSE_TYPE
                        + " on "
                        + path
                        + " failed with "
                        + Errno.describe(errno)
                        + "; "
                        + remedy);
    }

    /** Returns the user that mounted: this process's effective user id. */
    public int ownerUid() {
        return Libc.CALLS.geteuid();
    }

    /** Returns the group that mounted: this process's effective group id. */
    public int ownerGid() {
        return Libc.CALLS.getegid();
    }

    /** Returns the channel to the kernel; the caller closes it. */
    public FuseChannel channel() {
        return channel;
    }

    /** Returns the real, absolute path that was mounted upon. */
    public Path mountPoint() {
        return mountPoint;
    }

    /**
     * Takes the mount out of the table, and only this one: the path is free at once, files that are
     * open stay so until they or the channel are closed. Does nothing if the mount is gone already,
     * whoever removed it.
     *
     * @throws IOException if the mount stays; another call tries again
     */
    public synchronized void detach() throws IOException {
        if (!detached) {
            Unmount.detach(entry, uniqueId, table);
            detached = true;
            table.close();
        }
    }
}
