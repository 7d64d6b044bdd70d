package org.cdevgate.fuse.harness;

import java.io.IOException;
import org.cdevgate.abi.Errno;

/**
 * What few clients do, by the client in C: the ways of data besides read(2), and more of its kind.
 *
 * @param client started by {@link ClientProcess#start}
 */
public record OtherWays(ClientProcess client) {
    /** splice(2) into a pipe; the data are what came out of it. */
    public Reply splice(int fd, int count) throws IOException, InterruptedException {
        return client.call("splice " + fd + " " + count);
    }

    /** sendfile(2) into a pipe; the data are what came out of it. */
    public Reply sendfile(int fd, int count) throws IOException, InterruptedException {
        return client.call("sendfile " + fd + " " + count);
    }

    /** sendfile(2) into a socket; the data are what came out of it. */
    public Reply sendfileToSocket(int fd, int count) throws IOException, InterruptedException {
        return client.call("sendsocket " + fd + " " + count);
    }

    /** An asynchronous read by io_submit(2), and the wait for its end. */
    public Reply aio(int fd, int count, long offset) throws IOException, InterruptedException {
        return client.call("aio " + fd + " " + count + " " + offset);
    }

    /** {@link #aio} that sleeps. */
    public Pending beginAio(int fd, int count) throws IOException {
        return client.begin("aio " + fd + " " + count + " 0");
    }

    /** A read by io_uring, and the wait for its end; the offset may be -1. */
    public Reply uring(int fd, int count, long offset) throws IOException, InterruptedException {
        return client.call("uring " + fd + " " + count + " " + offset);
    }

    /** Whether the kernel lets the client use io_uring; containers often do not. */
    public boolean hasUring() throws IOException, InterruptedException {
        return uring(-1, 1, 0).errno() == Errno.EBADF.number();
    }

    /** {@link #uring} that sleeps. */
    public Pending beginUring(int fd, int count) throws IOException {
        return client.begin("uring " + fd + " " + count + " -1");
    }

    /**
     * read(2) into memory that begins so many bytes behind the start of a page; the data are not
     * told.
     */
    public Reply readUnaligned(int fd, int count, int behind)
            throws IOException, InterruptedException {
        return client.call("unaligned " + fd + " " + count + " " + behind);
    }

    /** {@link #readUnaligned} that sleeps. */
    public Pending beginReadUnaligned(int fd, int count, int behind) throws IOException {
        return client.begin("unaligned " + fd + " " + count + " " + behind);
    }

    /** fcntl(2) with F_SETLEASE; the client ignores that somebody wants the lease to be broken. */
    public Reply lease(int fd, int type) throws IOException, InterruptedException {
        return client.call("lease " + fd + " " + type);
    }

    /** fchmod(2). */
    public Reply chmod(int fd, int mode) throws IOException, InterruptedException {
        return client.call("fchmod " + fd + " " + mode);
    }

    /** The FIONREAD ioctl; the result is what it tells. */
    public Reply bytesThere(int fd) throws IOException, InterruptedException {
        return client.call("fionread " + fd + " 0");
    }

    /** epoll_ctl(2): changes what is waited for. */
    public void epollModify(int epfd, int fd, int events) throws IOException, InterruptedException {
        client.call("epoll_mod " + epfd + " " + fd + " " + events).expect(0);
    }
}
