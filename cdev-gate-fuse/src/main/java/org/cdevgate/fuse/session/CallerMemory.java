package org.cdevgate.fuse.session;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.memory.CallerMemoryCopy;

/**
 * Copies between a driver's buffers and the memory of the thread whose request runs. One per
 * worker, made with its first use; copies go in pieces, whatever size a caller has named.
 *
 * <p><b>Only that thread, and only while it waits.</b> The thread that called ioctl(2) waits in the
 * kernel until its request is answered or the connection ends; neither a signal nor its process's
 * end frees it, so meanwhile its id means it alone and its memory is what it passed. While the verb
 * runs, a request can be answered in three ways:
 *
 * <ul>
 *   <li>For a dying process ({@link HeldRequest#answerFor}). The request's lock orders the two: an
 *       access begins only if that has not, and that waits for the end of the access. A copy in
 *       pieces ends at the next one.
 *   <li>By our end of the connection. The session first lets no access begin, then waits for the
 *       one that goes on ({@link FuseSession#close}, for a limited time); both sides write, then
 *       read, and in one order for all, so one of the two sees the other.
 *   <li>By somebody else's end of it (umount -f, abort). Nothing can hold that up. The kernel marks
 *       the connection before it frees a caller, and each piece looks for the mark before it moves
 *       anything ({@link CallerMemoryCopy}). Between this look and the system call a few
 *       instructions are left, in which the caller may return; its thread would also have to end,
 *       and its id to come round again, for the access to meet another.
 * </ul>
 *
 * <p>A request that sleeps without a thread has no verb that could ask. It is taken back from its
 * sleep only there, so once it runs again it is unanswered, and the same holds.
 */
final class CallerMemory {
    private final FuseSession session;
    private final CallerMemoryCopy memory;

    CallerMemory(FuseSession session) {
        this.session = session;
        this.memory = new CallerMemoryCopy(session.channel());
    }

    /** Fills what remains of the buffer; if it throws its position has not changed. */
    void read(HeldRequest request, long address, ByteBuffer dst) throws ErrnoException {
        copy(false, request, address, dst);
    }

    /** Writes what remains of the buffer; if it throws its position has not changed. */
    void write(HeldRequest request, long address, ByteBuffer src) throws ErrnoException {
        copy(true, request, address, src);
    }

    private void copy(boolean write, HeldRequest request, long address, ByteBuffer buffer)
            throws ErrnoException {
        int tid = request.tid();
        if (tid <= 0) {
            throw session.memoryPolicy().unknownCaller();
        }
        int start = buffer.position();
        int length = buffer.remaining();
        if (Long.compareUnsigned(address, -length) > 0 && length > 0) {
            throw Errno.EFAULT.exception(); // it ends beyond the last address there is
        }
        for (int done = 0; done < length; ) {
            int piece = Math.min(length - done, CallerMemoryCopy.CHUNK_BYTES);
            int errno = access(write, request, address + done, buffer, start + done, piece);
            if (errno != 0) {
                throw session.memoryPolicy().of(Errno.of(errno), tid);
            }
            done += piece;
        }
        buffer.position(start + length);
    }

    private int access(
            boolean write,
            HeldRequest request,
            long address,
            ByteBuffer buffer,
            int at,
            int bytes) {
        if (!request.beginAccess()) {
            return Errno.ESRCH.number();
        }
        try {
            if (session.memoryPolicy().isEnded()) {
                return Errno.ENOTCONN.number();
            }
            return write
                    ? memory.write(request.tid(), address, buffer, at, bytes)
                    : memory.read(request.tid(), address, buffer, at, bytes);
        } finally {
            request.accessing = false; // a call could find no stack left
        }
    }
}
