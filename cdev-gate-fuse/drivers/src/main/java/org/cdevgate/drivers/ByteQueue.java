package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * Reads give back what was written, in order, as a pipe does: a read of the empty queue sleeps, and
 * so does a write to the full one; a write that finds room for a part takes that part. Bytes may
 * also come from inside, by {@link #offer}.
 */
public final class ByteQueue implements FileOperations {
    private final WaitQueue filled = new WaitQueue("data");
    private final WaitQueue emptied = new WaitQueue("space");
    private final ByteBuffer bytes;
    private boolean ended;

    /**
     * @param capacity bytes, 1 or more
     */
    public ByteQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a queue of " + capacity + " bytes; give 1 or more");
        }
        bytes = ByteBuffer.allocate(capacity);
    }

    /**
     * Puts bytes in, if there is room for all.
     *
     * @return whether there was
     */
    public synchronized boolean offer(byte[] more) {
        Objects.requireNonNull(more, "more");
        if (more.length > bytes.remaining()) {
            return false;
        }
        bytes.put(more);
        filled.wakeUp();
        return true;
    }

    /** No more comes: a read of the empty queue is the end of the file from now on. */
    public synchronized void end() {
        ended = true;
        filled.wakeUp();
    }

    @Override
    public synchronized int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        if (bytes.position() == 0) {
            return ended || !dst.hasRemaining() ? 0 : call.wouldBlock(filled);
        }
        bytes.flip();
        int count = Math.min(bytes.remaining(), dst.remaining());
        dst.put(bytes.slice(0, count));
        bytes.position(count);
        bytes.compact();
        emptied.wakeUp();
        return count;
    }

    @Override
    public synchronized int write(OpenFile file, ByteBuffer src, long position, Call call) {
        int count = Math.min(src.remaining(), bytes.remaining());
        if (count == 0 && src.hasRemaining()) {
            return call.wouldBlock(emptied);
        }
        bytes.put(src.slice(src.position(), count));
        filled.wakeUp();
        return count;
    }

    @Override
    public synchronized int poll(OpenFile file, Call call) {
        call.pollWait(filled);
        call.pollWait(emptied);
        int events = bytes.hasRemaining() ? PollEvents.POLLOUT | PollEvents.POLLWRNORM : 0;
        return bytes.position() > 0 || ended
                ? events | PollEvents.POLLIN | PollEvents.POLLRDNORM
                : events;
    }
}
