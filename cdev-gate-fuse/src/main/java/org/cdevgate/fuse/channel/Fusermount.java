package org.cdevgate.fuse.channel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.cdevgate.abi.Errno;

/**
 * Mounting and unmounting through the set-user-id program fusermount3(1), for users without
 * CAP_SYS_ADMIN.
 *
 * <p>It opens /dev/fuse with the rights of the user, mounts with those of root, and passes the
 * descriptor back over a socket whose number stands in {@code _FUSE_COMMFD}: one byte with
 * SCM_RIGHTS, or end of file if it failed. posix_spawn(3) starts it, because a {@link
 * ProcessBuilder} closes in the child what is not a standard descriptor.
 */
final class Fusermount {
    private static final String PROGRAM = "fusermount3";
    private static final Duration UNMOUNT_LIMIT = Duration.ofSeconds(10);
    private static final int ARENA_BYTES = 64 * 1024; // a path of 4096 bytes and small structs

    /** What the descriptors are called in the child. */
    private static final int CHILD_STDERR = 2;

    private static final int CHILD_SOCKET = 3;

    private static final int FILE_ACTIONS_BYTES = 256; // glibc and musl need 80
    private static final int MSGHDR_BYTES = 56;
    private static final int CONTROL_BYTES = 24; // CMSG_SPACE(sizeof(int))
    private static final int CMSG_DATA = 16;

    private Fusermount() {}

    /**
     * Mounts.
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
                DescriptorPair errors = DescriptorPair.pipe()) {
            int pid = spawn(arena, command, sockets.second(), errors.second());
            // Our copies must go, or the reads below would never see the end of file.
            sockets.closeSecond();
            errors.closeSecond();
            int fd = receiveDescriptor(arena, sockets.first());
            String words = readToEnd(arena, errors.first());
            String exit = waitFor(arena, pid);
            if (fd < 0) {
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
            return fd;
        } finally {
            Reference.reachabilityFence(arena);
        }
    }

    /**
     * Unmounts lazily.
     *
     * @throws IOException with the program's own words
     */
    static void unmount(Path mountPoint) throws IOException {
        Optional<HelperProcess.Result> result =
                HelperProcess.run(
                        UNMOUNT_LIMIT, List.of(program(), "-u", "-z", "--", mountPoint.toString()));
        if (result.isEmpty()) {
            throw new IOException(
                    "fusermount3 -u -z -- "
                            + mountPoint
                            + " did not end within "
                            + UNMOUNT_LIMIT.toSeconds()
                            + " s; run as root: umount -f -l -- "
                            + mountPoint);
        }
        if (result.get().exit() != 0) {
            throw new IOException(
                    "cannot unmount "
                            + mountPoint
                            + ": fusermount3 said \""
                            + result.get().output()
                            + "\"; run as root: umount -l -- "
                            + mountPoint);
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

    private static int spawn(NativeArena arena, List<String> command, int socket, int stderr)
            throws IOException {
        long actions = arena.address();
        arena.take(FILE_ACTIONS_BYTES);
        long argv = arena.strings(command);
        // A set-user-id program gets no more of our environment than it needs.
        long envp = arena.strings(List.of("_FUSE_COMMFD=" + CHILD_SOCKET, "LC_ALL=C"));
        long pidAddress = arena.address();
        ByteBuffer pid = arena.take(Integer.BYTES);
        Libc.CALLS.posix_spawn_file_actions_init(actions);
        try {
            // In this order, for a pipe that has the number 3. dup2(2) clears close-on-exec.
            Libc.CALLS.posix_spawn_file_actions_adddup2(actions, stderr, CHILD_STDERR);
            Libc.CALLS.posix_spawn_file_actions_adddup2(actions, socket, CHILD_SOCKET);
            int errno =
                    Libc.CALLS.posix_spawn(
                            pidAddress, Libc.cString(command.get(0)), actions, 0, argv, envp);
            if (errno != 0) {
                throw new IOException(
                        "cannot start "
                                + command.get(0)
                                + ": posix_spawn(3) failed with "
                                + Errno.describe(errno)
                                + "; reinstall fuse3, or raise ulimit -u if that is EAGAIN");
            }
            return pid.getInt(0);
        } finally {
            Libc.CALLS.posix_spawn_file_actions_destroy(actions);
        }
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

    /** Returns all that the program says on its standard error, which ends when it does. */
    private static String readToEnd(NativeArena arena, int fd) {
        long address = arena.address();
        ByteBuffer chunk = arena.take(4096);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            long length = Libc.CALLS.read(fd, address, chunk.capacity());
            if (length > 0) {
                for (int i = 0; i < length; i++) {
                    all.write(chunk.get(i));
                }
            } else if (length == 0 || Libc.errno() != Libc.EINTR) {
                return Libc.text(all.toByteArray(), all.size()).strip();
            }
        }
    }

    /** Returns how the program ended, for a message. */
    private static String waitFor(NativeArena arena, int pid) {
        long address = arena.address();
        ByteBuffer status = arena.take(Integer.BYTES);
        int result;
        do {
            result = Libc.CALLS.waitpid(pid, address, 0);
        } while (result < 0 && Libc.errno() == Libc.EINTR);
        if (result != pid) {
            // ECHILD: whoever started this JVM has had SIGCHLD ignored.
            return "an unknown status";
        }
        int value = status.getInt(0);
        int signal = value & 0x7f;
        return signal == 0 ? "status " + (value >> 8 & 0xff) : "signal " + signal;
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
