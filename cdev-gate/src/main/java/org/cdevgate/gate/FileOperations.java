package org.cdevgate.gate;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.removal.RemovalProfile;

/**
 * What a driver does when a process uses its node: Linux's struct file_operations (linux/fs.h) as a
 * Java interface. A driver implements the verbs it has; the default of each answers what the kernel
 * answers for a null operation.
 *
 * <pre>{@code
 * FileOperations clock = new FileOperations() {
 *     public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
 *         dst.putLong(0, System.nanoTime());
 *         return Long.BYTES;
 *     }
 * };
 * }</pre>
 *
 * <p>A driver needs no flag, lock or counter for its removal: verbs are reached only through a
 * {@link FopsGate}, so when {@link FopsGate#unregisterSync()} has returned none runs and none can
 * start. Verbs run on any thread, many at a time, also for one open file.
 *
 * <p><b>Answers.</b> A verb returns its result, 0 or more, or throws. {@link ErrnoException} gives
 * the caller that errno; {@link InterruptedException} gives EINTR (the removal's answer during
 * one); any other exception, or a result that is out of range, gives EIO and a line in the log. A
 * negative result is never taken for an errno, because too many Java methods return -1 for "end of
 * file".
 *
 * <p><b>Sleeping.</b> A verb that has to wait for data, space or an event does one of two things.
 * {@link Call#await} parks its thread until a condition holds. {@code return
 * call.wouldBlock(queue)} ends the run: the caller's request sleeps without a thread and the verb
 * is run again from its start after a {@link WaitQueue#wakeUp()}. Both end by themselves at a
 * signal (EINTR), at the removal (its answer, see {@link RemovalProfile}) and at once if the file
 * is non-blocking (EAGAIN).
 *
 * <p><b>Buffers</b> are valid during the call only and are reused for the next: a driver copies
 * what it keeps. Their byte order is the machine's, as that of a C struct.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2) and its siblings for
 *     what callers expect</a>
 */
public interface FileOperations {
    /**
     * open(2): a process opens the node. What belongs to this opening goes into {@link
     * OpenFile#setPrivateData}. If it fails, release is not called, but the destructor of private
     * data already set is.
     *
     * @return 0, or {@link Call#wouldBlock}
     */
    default int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return 0;
    }

    /**
     * The last descriptor of an open file was closed, or the device was removed: called exactly
     * once for each successful open, at whichever of the two comes first. No other verb of this
     * file runs then or later. The result cannot be reported to anybody; exceptions are logged.
     *
     * @param call {@link Call#isRemoving} tells which of the two it was
     */
    default void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {}

    /**
     * close(2) of one descriptor; called for each, so possibly often for one open file. An error is
     * what close returns. Many fronts do not call it unless asked to.
     *
     * @return 0, or {@link Call#wouldBlock}
     */
    default int flush(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return 0;
    }

    /**
     * read(2).
     *
     * @param dst where the data goes, from index 0; its limit is the number of bytes asked for. It
     *     holds what an earlier call left there: count only what was placed
     * @param position the file position in bytes; always 0 on a stream node
     * @return bytes placed in {@code dst}, 0 for end of file, or {@link Call#wouldBlock}
     */
    default int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        throw Errno.EINVAL.exception();
    }

    /**
     * write(2).
     *
     * @param src the caller's data, from index 0 to its limit; read-only
     * @param position the file position in bytes; always 0 on a stream node
     * @return bytes consumed, or {@link Call#wouldBlock} if none was
     */
    default int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        throw Errno.EINVAL.exception();
    }

    /**
     * lseek(2), as far as the front lets it through: over FUSE only SEEK_DATA and SEEK_HOLE on a
     * seekable node.
     *
     * @param offset bytes
     * @param whence one of {@link org.cdevgate.abi.Seek}
     * @return the new position in bytes, 0 or more
     */
    default long llseek(OpenFile file, long offset, int whence, Call call)
            throws ErrnoException, IOException, InterruptedException {
        throw Errno.ESPIPE.exception();
    }

    /**
     * ioctl(2).
     *
     * @param command decoded by {@link org.cdevgate.abi.IoctlCommand}
     * @param argument the third argument of the call as it is; a pointer of the caller's for most
     *     commands
     * @param data the bytes that the command's encoding says, from index 0 to its limit: what the
     *     caller passed (_IOW, _IOWR) or zeros (_IOR); on success its content goes back to the
     *     caller (_IOR, _IOWR), up to the limit, which the driver may lower where the device fills
     *     only a part of what was asked for. Empty for a command without size. A run that ends in
     *     {@link Call#wouldBlock} must leave it as it was.
     * @return what ioctl(2) returns, 0 or more, or {@link Call#wouldBlock}
     */
    default int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, IOException, InterruptedException {
        throw Errno.ENOTTY.exception();
    }

    /**
     * poll(2), select(2), epoll(7): what could be done now without sleeping. Never sleeps itself:
     * it names the queues whose wake-up may change the answer by {@link Call#pollWait} and returns
     * the mask.
     *
     * <p>A driver without this verb is always ready, as on Linux. That will do where its verbs
     * sleep on a {@link WaitQueue}: a call that gets EAGAIN because its file is non-blocking has
     * whoever polls that file told of the queue's next wake-up. So a client that is told of changes
     * alone (EPOLLET, as Go and other run-times use it) hears of them. One that asks how things are
     * (poll, select, epoll without EPOLLET) is told "ready" each time and goes round without a rest
     * as long as there is nothing: a driver for such clients has this verb. So has one that throws
     * EAGAIN itself, or waits in a way of its own: of that nobody can be told.
     *
     * @return events of {@link PollEvents}
     */
    default int poll(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return PollEvents.DEFAULT_POLLMASK;
    }

    /**
     * mmap(2): whether this file may be mapped; pages then come and go through read and write at
     * their offsets. A front that cannot see the mapping itself asks once per open file, at the
     * first page (FUSE).
     *
     * @param offset bytes from the start of the device; of the first page where only that is known
     * @param length bytes; of the first pages where only those are known
     * @return 0, or {@link Call#wouldBlock}
     */
    default int mmap(OpenFile file, long offset, long length, Call call)
            throws ErrnoException, IOException, InterruptedException {
        throw Errno.ENODEV.exception();
    }

    /**
     * fsync(2), fdatasync(2).
     *
     * @param dataOnly true for fdatasync
     * @return 0, or {@link Call#wouldBlock}
     */
    default int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, IOException, InterruptedException {
        throw Errno.EINVAL.exception();
    }
}
