package org.cdevgate.fuse.mount;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.libc.DescriptorPair;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeArena;
import org.cdevgate.fuse.libc.Pause;
import org.jspecify.annotations.Nullable;

/**
 * A short command of another program, started by posix_spawn(3) and waited for with a time limit.
 *
 * <p>It works where a {@link ProcessBuilder} does not: with this thread interrupted, without a
 * temporary folder, and, what it says excepted, without a free descriptor. A signal of the terminal
 * does not reach it, because its process group is its own: a Ctrl-C must not end it half-way.
 */
final class ChildProcess implements AutoCloseable {
    private static final long PAUSE_NANOS = 500_000;

    /** Much on a busy machine, and spent only on one that hangs in the kernel. */
    private static final Duration KILLED_LIMIT = Duration.ofSeconds(2);

    private static final int ARENA_BYTES = 64 * 1024; // paths of 4096 bytes and small structs
    private static final int FILE_ACTIONS_BYTES = 256; // glibc and musl need 80
    private static final int ATTRIBUTES_BYTES = 512; // glibc and musl need 336

    /** What the descriptors are called in the child. */
    private static final int CHILD_STDERR = 2;

    static final int CHILD_SOCKET = 3;

    // Some of ours may not be close-on-exec, and may be as many as the child may have.
    private static final int FIRST_CLOSED = 4;
    private static final int LAST_CLOSED = 63;

    private final NativeArena arena = new NativeArena(ARENA_BYTES);
    private final @Nullable DescriptorPair errors; // null: there was no descriptor to be had
    private final long statusAddress = arena.address();
    private final ByteBuffer status = arena.take(Integer.BYTES);
    private final int pid;
    private boolean ended;

    private ChildProcess(@Nullable DescriptorPair errors, List<String> command, int socket)
            throws IOException {
        this.errors = errors;
        this.pid = spawn(command, socket);
    }

    /**
     * Starts a command, with nothing in its environment but PATH and the C locale.
     *
     * @param command the program's absolute path first
     * @param socket what it gets as descriptor 3, named in {@code _FUSE_COMMFD}; below 0 for none
     */
    static ChildProcess start(List<String> command, int socket) throws IOException {
        DescriptorPair errors = errorsOrNone();
        boolean done = false;
        try {
            ChildProcess child = new ChildProcess(errors, command, socket);
            if (errors != null) {
                errors.closeSecond(); // or the end of what it says would never be seen
            }
            done = true;
            return child;
        } finally {
            if (!done && errors != null) {
                errors.close();
            }
        }
    }

    private static @Nullable DescriptorPair errorsOrNone() {
        try {
            return DescriptorPair.pipe();
        } catch (IOException e) {
            return null; // it then says what it has to say on our standard error
        }
    }

    private int spawn(List<String> command, int socket) throws IOException {
        long actions = arena.address();
        arena.take(FILE_ACTIONS_BYTES);
        long attributes = arena.address();
        arena.take(ATTRIBUTES_BYTES);
        long argv = arena.strings(command);
        // A set-user-id program gets no more of our environment than it needs.
        List<String> environment = new ArrayList<>(List.of("PATH=/usr/bin:/bin", "LC_ALL=C"));
        if (socket >= 0) {
            environment.add("_FUSE_COMMFD=" + CHILD_SOCKET);
        }
        long envp = arena.strings(environment);
        long pidAddress = arena.address();
        ByteBuffer started = arena.take(Integer.BYTES);
        Libc.CALLS.posix_spawn_file_actions_init(actions);
        Libc.CALLS.posix_spawnattr_init(attributes);
        try {
            Libc.CALLS.posix_spawnattr_setflags(attributes, Libc.POSIX_SPAWN_SETPGROUP);
            // In this order, for a pipe that has the number 3. dup2(2) clears close-on-exec.
            if (errors != null) {
                Libc.CALLS.posix_spawn_file_actions_adddup2(actions, errors.second(), CHILD_STDERR);
            }
            if (socket >= 0) {
                Libc.CALLS.posix_spawn_file_actions_adddup2(actions, socket, CHILD_SOCKET);
            }
            for (int fd = FIRST_CLOSED; fd <= LAST_CLOSED; fd++) {
                Libc.CALLS.posix_spawn_file_actions_addclose(actions, fd);
            }
            int errno =
                    Libc.CALLS.posix_spawn(
                            pidAddress,
                            Libc.cString(command.get(0)),
                            actions,
                            attributes,
                            argv,
                            envp);
            if (errno != 0) {
                throw new IOException(
                        "cannot start "
                                + command.get(0)
                                + ": posix_spawn(3) failed with "
                                + Errno.describe(errno)
                                + "; reinstall what it belongs to, or raise ulimit -u if that is"
                                + " EAGAIN");
            }
            return started.getInt(0);
        } finally {
            Libc.CALLS.posix_spawnattr_destroy(attributes);
            Libc.CALLS.posix_spawn_file_actions_destroy(actions);
            Reference.reachabilityFence(arena);
        }
    }

    /**
     * Waits for its end, and kills it when the time is over. An interrupt does not end the wait.
     *
     * @return how it ended, for a message: "status 0" if it succeeded
     */
    String await(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            int result = Libc.CALLS.waitpid(pid, statusAddress, Libc.WNOHANG);
            if (result == pid) {
                ended = true;
                int value = status.getInt(0);
                int signal = value & 0x7f;
                return signal == 0 ? "status " + (value >> 8 & 0xff) : "signal " + signal;
            }
            if (result < 0 && Libc.errno() != Libc.EINTR) {
                ended = true; // ECHILD: whoever started this JVM has had SIGCHLD ignored
                return "an unknown status";
            }
            if (deadline - System.nanoTime() <= 0) {
                return "no end within " + limit.toSeconds() + " s";
            }
            Pause.nanos(PAUSE_NANOS);
        }
    }

    /** Returns what it has said on its standard error; after {@link #await}. */
    String words() {
        if (errors == null) {
            return "";
        }
        Libc.CALLS.fcntl(errors.first(), Libc.F_SETFL, Libc.O_NONBLOCK);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            long address = arena.address();
            ByteBuffer chunk = arena.take(4096);
            long length;
            while ((length = Libc.CALLS.read(errors.first(), address, chunk.capacity())) > 0
                    || (length < 0 && Libc.errno() == Libc.EINTR)) {
                for (int i = 0; i < length; i++) {
                    all.write(chunk.get(i));
                }
            }
        } finally {
            Reference.reachabilityFence(arena);
        }
        return Libc.text(all.toByteArray(), all.size()).strip();
    }

    /** Kills it if it still runs; one that hangs in a system call is left behind. */
    @Override
    public void close() {
        if (!ended) {
            Libc.CALLS.kill(pid, Libc.SIGKILL);
            await(KILLED_LIMIT); // or it stays a zombie as long as this JVM runs
        }
        if (errors != null) {
            errors.close();
        }
    }
}
