package org.cdevgate.fuse.mount;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeArena;
import org.cdevgate.fuse.libc.Pause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a mount's server lives, by an open(2) of the folder.
 *
 * <p>A process that waits for a server that is stuck cannot even be killed, so a child makes the
 * call: one of posix_spawn(3), which opens the folder, then has to run a program whose name is too
 * long for any. The error says which of the two failed, as a number, and nothing is run. A thread
 * of its own waits for the child, and is left behind with it if it hangs: neither keeps this JVM
 * from ending.
 */
final class MountProbe {
    private static final Logger LOG = LoggerFactory.getLogger(MountProbe.class);

    /** The server answered. */
    static final int ALIVE = 0;

    /** Nobody answered in time. */
    static final int SILENT = -1;

    private static final int TOO_LONG = 4097; // PATH_MAX and one more
    private static final int ARENA_BYTES = 16 * 1024;
    private static final int FILE_ACTIONS_BYTES = 256;
    private static final int SOME_FD = 0;
    private static final int MORE_DESCRIPTORS = 16; // opened by others meanwhile
    private static final long PAUSE_NANOS = 1_000_000;

    private MountProbe() {}

    /**
     * Asks.
     *
     * @return {@link #ALIVE}, {@link #SILENT}, or the errno of open(2): ENOTCONN or ECONNABORTED if
     *     the server has ended
     */
    static int ask(Path mountPoint, Duration limit) {
        byte[] path = Libc.cString(mountPoint.toString());
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        AtomicInteger asking = new AtomicInteger();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                asking.set(Libc.CALLS.gettid());
                                answer.complete(open(path));
                            } catch (Throwable e) {
                                answer.completeExceptionally(e);
                            }
                        },
                        "cdev-gate-probe");
        thread.setDaemon(true);
        thread.start();
        long deadline = System.nanoTime() + limit.toNanos();
        while (!answer.isDone()) {
            if (deadline - System.nanoTime() <= 0) {
                killChildrenOf(asking.get());
                return SILENT;
            }
            Pause.nanos(PAUSE_NANOS);
        }
        return answer.join();
    }

    private static int open(byte[] path) throws IOException {
        int descriptors = highestDescriptor();
        NativeArena arena = new NativeArena(ARENA_BYTES);
        long actions = arena.address();
        arena.take(FILE_ACTIONS_BYTES);
        long pidAddress = arena.address();
        ByteBuffer pid = arena.take(Integer.BYTES);
        long argv = arena.strings(List.of("probe"));
        long envp = arena.strings(List.of());
        byte[] noProgram = new byte[TOO_LONG + 1];
        Arrays.fill(noProgram, 0, TOO_LONG, (byte) 'x');
        Libc.CALLS.posix_spawn_file_actions_init(actions);
        try {
            // It never comes so far that close-on-exec has an effect, and a copy of a /dev/fuse
            // would keep that connection alive, even the one it waits for.
            for (int fd = 0; fd <= descriptors + MORE_DESCRIPTORS; fd++) {
                Libc.CALLS.posix_spawn_file_actions_addclose(actions, fd);
            }
            Libc.CALLS.posix_spawn_file_actions_addopen(
                    actions, SOME_FD, path, Libc.O_RDONLY | Libc.O_NONBLOCK, 0);
            int errno = Libc.CALLS.posix_spawn(pidAddress, noProgram, actions, 0, argv, envp);
            if (errno == 0) {
                Libc.CALLS.waitpid(pid.getInt(0), pidAddress, 0); // it was killed
                return SILENT;
            }
            return errno == Libc.ENAMETOOLONG ? ALIVE : errno;
        } finally {
            Libc.CALLS.posix_spawn_file_actions_destroy(actions);
            Reference.reachabilityFence(arena);
        }
    }

    private static int highestDescriptor() throws IOException {
        int highest = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : open) {
                highest = Math.max(highest, Integer.parseInt(each.getFileName().toString()));
            }
        }
        return highest;
    }

    /** Ends what waits in vain, as far as it can be ended, and with it the thread that waits. */
    private static void killChildrenOf(int tid) {
        try {
            Path children = Path.of("/proc/self/task/" + tid + "/children");
            for (String pid : new String(readAll(children), US_ASCII).trim().split(" ", -1)) {
                if (!pid.isEmpty()) {
                    Libc.CALLS.kill(Integer.parseInt(pid), Libc.SIGKILL);
                }
            }
        } catch (IOException e) {
            LOG.debug("a child of thread {} is left behind", tid, e);
        }
    }

    private static byte[] readAll(Path file) throws IOException {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return in.readAllBytes();
        }
    }
}
