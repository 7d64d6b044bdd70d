package org.cdevgate.examples.demo;

import java.io.IOException;
import java.util.List;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.PollEvents;

/**
 * A process that uses a node by plain system calls, as any program would: {@code ioctl} loops over
 * an ioctl until it fails, {@code poll} waits for an event, {@code idle} keeps the node open and
 * tries a read when it is told to. Prints what it got; the exit code is the errno, 0 for none.
 */
final class SensorClient {
    private static final String USAGE = "usage: SensorClient ioctl|poll|idle NODE";

    private static final int POLLFD_BYTES = 8; // int fd; short events, revents

    /** What is needed of libc. */
    public interface Libc {
        int open(String path, int flags);

        int close(int fd);

        long read(int fd, Pointer buffer, long size);

        int ioctl(int fd, long command, Pointer argument);

        int poll(Pointer fds, long count, int timeoutMillis);
    }

    private final Libc libc = LibraryLoader.create(Libc.class).load("c");
    private final Runtime runtime = Runtime.getRuntime(libc);

    private SensorClient() {}

    public static void main(String[] args) throws IOException {
        if (List.of(args).contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        if (args.length != 2 || !List.of("ioctl", "poll", "idle").contains(args[0])) {
            System.err.println(String.join(" ", args) + " is no way to use a node; " + USAGE);
            System.exit(2);
        }
        System.exit(new SensorClient().run(args[0], args[1]));
    }

    private int run(String what, String path) throws IOException {
        int fd = libc.open(path, 0);
        if (fd < 0) {
            return fail("open");
        }
        say("open");
        int result =
                switch (what) {
                    case "ioctl" -> ioctl(fd);
                    case "poll" -> poll(fd);
                    default -> idle(fd);
                };
        if (libc.close(fd) != 0) {
            return fail("close");
        }
        return result;
    }

    private int ioctl(int fd) {
        Pointer argument = Memory.allocateDirect(runtime, 8);
        while (libc.ioctl(fd, SensorDriver.SENSOR_GET & 0xffffffffL, argument) >= 0) {
            // A caller that never pauses: it is inside, or about to enter, whenever the flag is
            // set.
        }
        return fail("ioctl");
    }

    private int poll(int fd) {
        Pointer pollfd = Memory.allocateDirect(runtime, POLLFD_BYTES);
        pollfd.putInt(0, fd);
        pollfd.putShort(4, (short) PollEvents.POLLIN);
        if (libc.poll(pollfd, 1, -1) < 0) {
            return fail("poll");
        }
        say("poll: " + PollEvents.toString(pollfd.getShort(6)));
        return 0;
    }

    private int idle(int fd) throws IOException {
        int told = System.in.read();
        if (told < 0) {
            return 0;
        }
        return libc.read(fd, Memory.allocateDirect(runtime, 64), 64) < 0 ? fail("read") : 0;
    }

    private int fail(String call) {
        int errno = LastError.getLastError(runtime);
        say(call + ": " + Errno.describe(errno));
        return errno;
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
