package org.cdevgate.fuse.channel;

import java.io.IOException;
import java.nio.file.Path;
import org.cdevgate.abi.Errno;

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
     * removed first; to find out whether it is stale takes up to 3 seconds. The first request to
     * come out of the channel is INIT.
     *
     * @param options where and how
     * @throws IOException if the mount point is unfit or taken, or the kernel or fusermount3
     *     refuses; nothing is left behind then, and the message says what to do
     */
    public static KernelMount mount(MountOptions options) throws IOException {
        Path path = MountPoint.prepare(options.mountPoint());
        MountTable.Source table = new MountTable.Source();
        boolean done = false;
        try {
            KernelMount mount = mount(path, options, table);
            done = true;
            return mount;
        } finally {
            if (!done) {
                table.close();
            }
        }
    }

    private static KernelMount mount(Path path, MountOptions options, MountTable.Source table)
            throws IOException {
        boolean root = Libc.CALLS.geteuid() == 0;
        int nullFd = FuseChannel.openNull();
        int fd;
        try {
            fd = root ? openDevice() : Fusermount.mount(path, userOptions(options));
        } catch (IOException | RuntimeException e) {
            Libc.CALLS.close(nullFd);
            throw e;
        }
        FuseChannel channel = new FuseChannel(fd, nullFd);
        boolean done = false;
        try {
            if (root) {
                mountAsRoot(path, options, fd);
            }
            KernelMount mount = new KernelMount(channel, path, find(path, root, table), table);
            done = true;
            return mount;
        } finally {
            if (!done) {
                channel.discard();
            }
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

    /** Finds the mount just made; unmounts it if it cannot be identified. */
    private static MountEntry find(Path path, boolean root, MountTable.Source source)
            throws IOException {
        MountTable table;
        try {
            table = source.read();
        } catch (IOException e) {
            try {
                if (root) {
                    Unmount.detachAsRoot(path);
                } else {
                    Fusermount.unmount(path);
                }
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        return table.topAt(path)
                .filter(MountEntry::isOurType)
                .orElseThrow(
                        () ->
                                new IOException(
                                        path
                                                + " was unmounted or mounted over as soon as it was"
                                                + " mounted; end whoever does that, see findmnt"));
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
