package org.cdevgate.fuse.mount;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.cdevgate.fuse.libc.DescriptorPair;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeArena;
import org.jspecify.annotations.Nullable;

/**
 * Mounting and unmounting through the set-user-id program fusermount3(1), for users without
 * CAP_SYS_ADMIN.
 *
 * <p>It opens /dev/fuse with the rights of the user, mounts with those of root, and passes the
 * descriptor back over a socket whose number stands in {@code _FUSE_COMMFD}: one byte with
 * SCM_RIGHTS, or end of file if it failed. A {@link ProcessBuilder} would close the socket in the
 * child.
 *
 * <p>To unmount it looks the mount up in /etc/mtab, which a minimal container may lack; umount(8)
 * of util-linux, set-user-id too where it is for users, does without.
 */
final class Fusermount {
    private static final String PROGRAM = "fusermount3";
    private static final Path MTAB = Path.of("/etc/mtab");
    private static final Duration MOUNT_LIMIT = Duration.ofSeconds(20);
    private static final Duration UNMOUNT_LIMIT = Duration.ofSeconds(10);
    private static final String SUCCESS = "status 0";
    private static final int ARENA_BYTES = 4096;

    private static final int MSGHDR_BYTES = 56;
    private static final int CONTROL_BYTES = 24; // CMSG_SPACE(sizeof(int))
    private static final int CMSG_DATA = 16;

    private Fusermount() {}

    /**
     * Makes sure that what is mounted can be unmounted again.
     *
     * @throws IOException if not; the message says what to do
     */
    static void requireUnmountable() throws IOException {
        if (!Files.isReadable(MTAB) && umount().isEmpty()) {
            throw new IOException(
                    "there is no "
                            + MTAB
                            + ", by which fusermount3 unmounts, so the mount would stay for ever;"
                            + " as root: ln -s /proc/self/mounts "
                            + MTAB
                            + " (or install util-linux's umount set-user-id root)");
        }
    }

    /**
     * Mounts. If it fails a mount may be there all the same, if the program was killed half-way.
     *
     * @param mountPoint real path of a directory
     * @param options what follows {@code -o}
     * @return the descriptor of /dev/fuse, close-on-exec
     * @throws IOException with the program's own words and a remedy
     */
    static int mount(Path mountPoint, String options) throws IOException {
        List<String> command = List.of(program(), "-o", options, "--", mountPoint.toString());
        NativeArena arena = new NativeArena(ARENA_BYTES);
        try (DescriptorPair sockets = DescriptorPair.sockets(Libc.SOCK_STREAM);
                ChildProcess child = ChildProcess.start(command, sockets.second())) {
            // Our copy must go, or the end of file would never be seen.
            sockets.closeSecond();
            int fd =
                    awaitMessage(arena, sockets.first())
                            ? receiveDescriptor(arena, sockets.first())
                            : -1;
            boolean done = false;
            try {
                String exit = child.await(fd < 0 ? Duration.ofSeconds(1) : MOUNT_LIMIT);
                if (fd < 0) {
                    String words = child.words();
                    throw new IOException(
                            "cannot mount "
                                    + mountPoint
                                    + ": fusermount3 ended with "
                                    + exit
                                    + " and said \""
                                    + words
                                    + "\"; "
                                    + remedy(words, mountPoint));
                }
                done = true;
                return fd;
            } finally {
                if (!done && fd >= 0) {
                    Libc.CALLS.close(fd);
                }
            }
        } finally {
            Reference.reachabilityFence(arena);
        }
    }

    /**
     * Unmounts lazily.
     *
     * @throws IOException with the words of the programs that were tried
     */
    static void unmount(Path mountPoint) throws IOException {
        String failures;
        try {
            failures = tryUnmount(List.of(program(), "-u", "-z", "--", mountPoint.toString()));
        } catch (IOException e) {
            failures = Objects.requireNonNullElseGet(e.getMessage(), e::toString);
        }
        Optional<String> umount = umount();
        if (failures != null && umount.isPresent()) {
            String more = tryUnmount(List.of(umount.get(), "-l", "--", mountPoint.toString()));
            failures = more == null ? null : failures + ", " + more;
        }
        if (failures != null) {
            throw new IOException(
                    "cannot unmount "
                            + mountPoint
                            + ": "
                            + failures
                            + "; run as root: umount -l -- "
                            + mountPoint);
        }
    }

    /** Returns null if it succeeded, else what went wrong. */
    private static @Nullable String tryUnmount(List<String> command) throws IOException {
        try (ChildProcess child = ChildProcess.start(command, -1)) {
            String exit = child.await(UNMOUNT_LIMIT);
            return exit.equals(SUCCESS)
                    ? null
                    : command.get(0)
                            + " ended with "
                            + exit
                            + " and said \""
                            + child.words()
                            + "\"";
        }
    }

    /** Returns the umount(8) that a user can unmount with, if there is one. */
    private static Optional<String> umount() {
        for (String candidate : List.of("/usr/bin/umount", "/bin/umount")) {
            Path path = Path.of(candidate);
            // What other programs of this name are set-user-id for is /etc/fstab alone.
            if (Files.isExecutable(path) && isSetUserId(path) && !isMultiCall(path)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean isSetUserId(Path program) {
        try {
            return Files.getAttribute(program, "unix:mode") instanceof Integer mode
                    && (mode & 04000) != 0
                    && Files.getAttribute(program, "unix:uid") instanceof Integer uid
                    && uid == 0;
        } catch (IOException e) {
            return false; // it has gone
        }
    }

    /** BusyBox and the like are links to one program. */
    private static boolean isMultiCall(Path program) {
        try {
            return !program.toRealPath().getFileName().toString().equals("umount");
        } catch (IOException e) {
            return true;
        }
    }

    private static String program() throws IOException {
        String path = System.getenv("PATH");
        for (String directory : (path == null ? "/usr/bin:/bin" : path).split(":", -1)) {
            Path candidate = Path.of(directory, PROGRAM).toAbsolutePath();
            if (Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        throw new IOException(
                PROGRAM
                        + " is not in PATH ("
                        + path
                        + "), and only root mounts without it; install fuse3, or run as root");
    }

    /** Waits for what the program sends, or for its end; false if neither comes in time. */
    private static boolean awaitMessage(NativeArena arena, int socket) {
        long address = arena.address();
        ByteBuffer pollfd = arena.take(8);
        long deadline = System.nanoTime() + MOUNT_LIMIT.toNanos();
        long left;
        while ((left = deadline - System.nanoTime()) > 0) {
            pollfd.putInt(0, socket).putInt(4, Libc.POLLIN);
            if (Libc.CALLS.poll(address, 1, (int) (left / 1_000_000) + 1) > 0) {
                return true;
            }
        }
        return false;
    }

    /** Returns the descriptor that comes over the socket, or -1 if none does. */
    private static int receiveDescriptor(NativeArena arena, int socket) {
        long data = arena.address();
        arena.take(1);
        long vectorAddress = arena.address();
        arena.take(16).putLong(data).putLong(1); // struct iovec
        long controlAddress = arena.address();
        ByteBuffer control = arena.take(CONTROL_BYTES);
        long messageAddress = arena.address();
        ByteBuffer message = arena.take(MSGHDR_BYTES);
        message.putLong(16, vectorAddress); // msg_iov
        message.putLong(24, 1); // msg_iovlen
        message.putLong(32, controlAddress); // msg_control
        message.putLong(40, CONTROL_BYTES); // msg_controllen
        long received;
        do {
            received = Libc.CALLS.recvmsg(socket, messageAddress, Libc.MSG_CMSG_CLOEXEC);
        } while (received < 0 && Libc.errno() == Libc.EINTR);
        boolean carriesDescriptor =
                received == 1
                        && message.getLong(40) >= CMSG_DATA + Integer.BYTES
                        && control.getInt(8) == Libc.SOL_SOCKET // cmsg_level
                        && control.getInt(12) == Libc.SCM_RIGHTS; // cmsg_type
        return carriesDescriptor ? control.getInt(CMSG_DATA) : -1;
    }

    private static String remedy(String words, Path mountPoint) {
        if (words.contains("user_allow_other")) {
            return "add the line user_allow_other to /etc/fuse.conf, or mount without allowOther";
        }
        if (words.contains("/dev/fuse")) {
            return "give the user read and write permission on /dev/fuse: chmod 0666 /dev/fuse";
        }
        if (words.contains("modprobe")) {
            return "load the module: modprobe fuse";
        }
        if (words.contains("write access") || words.contains("owned by")) {
            return "make the user the owner of " + mountPoint + ", or choose another mount point";
        }
        if (words.contains("mount_max")) {
            return "raise mount_max in /etc/fuse.conf, or unmount others";
        }
        if (words.contains("Operation not permitted")) {
            return "fusermount3 must be owned by root with mode 4755, and the process must not have"
                    + " the no_new_privs flag";
        }
        return "see fusermount3(1)";
    }
}
