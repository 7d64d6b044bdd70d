package org.cdevgate.fuse.channel;

import java.io.IOException;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.libc.Libc;

/**
 * The numbers of a file of /dev/fuse, and of one of /dev/null that takes its place in the end:
 * opened early, because descriptors may be exhausted later. Holds nothing else, so that it can be
 * cleaned up after the channel.
 */
record FuseDescriptor(int fd, int nullFd) implements Runnable {
    void setNonBlocking(boolean value) {
        Libc.CALLS.fcntl(fd, Libc.F_SETFL, value ? Libc.O_NONBLOCK : 0);
    }

    /**
     * Tells whether read(2), which failed, is worth another try; false if the connection has ended.
     *
     * @param bytes what was asked for
     * @throws IOException if no try will ever succeed; the message names errno and remedy
     */
    static boolean isWorthRetrying(int errno, int bytes) throws IOException {
        return switch (errno) {
            // Interrupted, perhaps by a debugger; or the request died before it was read.
            case Libc.EINTR, Libc.ENOENT -> true;
            case Libc.ENODEV, Libc.ECONNABORTED -> false;
            case Libc.EINVAL ->
                    throw new IOException(
                            "read(2) of a FUSE request failed with EINVAL (22): the buffer of "
                                    + bytes
                                    + " bytes is smaller than the max_write agreed at INIT"
                                    + " needs; allocate max_write + 4096");
            case Libc.EPERM ->
                    throw new IOException(
                            "read(2) of a FUSE request failed with EPERM (1): the descriptor"
                                    + " belongs to no mount; mount before receiving");
            default ->
                    throw new IOException(
                            "read(2) of a FUSE request failed with "
                                    + Errno.describe(errno)
                                    + "; unmount and mount again, and see the kernel's log"
                                    + " (dmesg)");
        };
    }

    /**
     * Ends the kernel's connection: dup3(2) closes the file and gives its number to /dev/null in
     * one step. Closing the number itself would let another open(2) get it under a thread that is
     * about to send.
     *
     * @throws IllegalStateException if that fails; the connection lives on
     */
    void replaceByNull() {
        int result = Libc.CALLS.dup3(nullFd, fd, Libc.O_CLOEXEC);
        int errno = Libc.errno();
        if (result < 0) {
            throw new IllegalStateException(
                    "cannot end the FUSE connection: dup3(2) over descriptor "
                            + fd
                            + " failed with "
                            + Errno.describe(errno)
                            + "; close again");
        }
    }

    /** Closes both. */
    @Override
    public void run() {
        // Linux frees the number whatever close(2) returns.
        Libc.CALLS.close(fd);
        Libc.CALLS.close(nullFd);
    }
}
