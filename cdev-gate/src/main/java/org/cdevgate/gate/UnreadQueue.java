package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.cdevgate.gate.removal.RemovalProfile;
import org.jspecify.annotations.Nullable;

/**
 * What a device has sent to one open file and nobody has read yet: Linux's kfifo, of records or of
 * bytes. A driver fills it, reads from it in its read verb, and attaches it by {@link
 * OpenFile#setUnread}:
 *
 * <pre>{@code
 * public int open(OpenFile file, Call call) {
 *     file.setUnread(UnreadQueue.ofRecords(64));
 *     return 0;
 * }
 *
 * public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
 *     int count = file.unread().take(dst);
 *     return count > 0 ? count : call.wouldBlock(readable);
 * }
 *
 * void arrived(byte[] report) { // called for the hardware
 *     for (OpenFile file : gate.openFiles()) {
 *         if (file.unread() != null) { // it is open
 *             file.unread().put(report);
 *         }
 *     }
 *     readable.wakeUp();
 * }
 * }</pre>
 *
 * <p><b>At a removal</b> no code of the driver may run any more, so with a profile that delivers
 * unread data ({@link RemovalProfile#isUnreadDelivered}) the gate itself reads from the queue, from
 * the flag on, and poll reports POLLIN as long as there is something. The first reader that finds
 * the queue empty closes it and gets the removal's answer; so nobody is told of the end while data
 * is there, and no data follows the end. With other profiles what is unread is lost.
 *
 * <p><b>Threads.</b> Any, at the same time. One lock of the queue's own guards its content and
 * whether it is closed; it is held for a copy, never while anything else is called, and cannot be
 * had from outside. So a record is taken by one reader alone, be it the driver's verb or the gate,
 * and "empty, therefore closed" is one step.
 */
public abstract sealed class UnreadQueue {
    // A monitor, which comes free whatever is thrown; of its own, so that nobody else holds it.
    private final Object lock = new Object();
    private boolean closed; // guarded by lock

    UnreadQueue() {}

    /**
     * A queue of records: each take gives at most one, and what of it does not fit is lost, as with
     * hidraw.
     *
     * @param most records it holds, 1 or more
     */
    public static UnreadQueue ofRecords(int most) {
        return new Records(checked(most, "records"));
    }

    /**
     * A queue of bytes.
     *
     * @param most bytes it holds, 1 or more
     */
    public static UnreadQueue ofBytes(int most) {
        return new Bytes(checked(most, "bytes"));
    }

    private static int checked(int most, String what) {
        if (most < 1) {
            throw new IllegalArgumentException(
                    "most " + most + " of an unread queue of " + what + "; give 1 or more");
        }
        return most;
    }

    /**
     * Appends what stands between position and limit, of which the position then tells how much was
     * taken. Never waits. Wake the readers afterwards.
     *
     * @return bytes taken: of a record all or 0, of bytes as many as there is room for; 0 if the
     *     queue is full, or the removal has told a reader of the end
     * @throws IllegalArgumentException for an empty record: a reader would take it for the end of
     *     the file
     */
    public final int put(ByteBuffer src) {
        Objects.requireNonNull(src, "src");
        synchronized (lock) {
            return closed ? 0 : add(src);
        }
    }

    /** {@link #put(ByteBuffer)} of all of an array. */
    public final int put(byte[] src) {
        return put(ByteBuffer.wrap(Objects.requireNonNull(src, "src")));
    }

    /**
     * Moves the next record, or as many bytes as there are, to the buffer's position on.
     *
     * @return bytes moved; 0 if the queue is empty or the buffer is full
     */
    public final int take(ByteBuffer dst) {
        Objects.requireNonNull(dst, "dst");
        synchronized (lock) {
            return dst.hasRemaining() ? remove(dst) : 0;
        }
    }

    /** Whether there is nothing to read now. */
    public final boolean isEmpty() {
        synchronized (lock) {
            return size() == 0;
        }
    }

    /**
     * {@link #take} for a reader that is told of the end if there is nothing: an empty queue is
     * closed.
     *
     * @return bytes moved, or -1 for the end
     */
    final int takeOrClose(ByteBuffer dst) {
        synchronized (lock) {
            if (isAtEnd()) {
                return -1;
            }
            return dst.hasRemaining() ? remove(dst) : 0;
        }
    }

    /** False for a reader that is told of the end: the queue was empty, and is closed. */
    final boolean hasDataOrClose() {
        synchronized (lock) {
            return !isAtEnd();
        }
    }

    private boolean isAtEnd() {
        closed |= size() == 0;
        return closed;
    }

    // With the lock held.

    abstract int size();

    abstract int add(ByteBuffer src);

    /** The buffer has room; returns 0 only if the queue is empty. */
    abstract int remove(ByteBuffer dst);

    @Override
    public final String toString() {
        synchronized (lock) {
            return "unread queue of "
                    + size()
                    + (this instanceof Records ? " records" : " bytes")
                    + (closed ? " (closed)" : "");
        }
    }

    private static final class Records extends UnreadQueue {
        private final int most;

        // A ring, which has grown before something is put in: whatever fails, none is lost.
        private byte[] @Nullable [] records = new byte[4][];
        private int head;
        private int size;

        Records(int most) {
            this.most = most;
        }

        @Override
        int size() {
            return size;
        }

        private void grow() {
            byte[] @Nullable [] grown = Arrays.copyOf(records, 2 * size);
            for (int i = 0; i < size; i++) {
                grown[i] = records[(head + i) % size];
            }
            records = grown;
            head = 0;
        }

        @Override
        int add(ByteBuffer src) {
            if (!src.hasRemaining()) {
                throw new IllegalArgumentException(
                        "an empty record would read as the end of the file; leave it out");
            }
            if (size == most) {
                return 0;
            }
            if (size == records.length) {
                grow();
            }
            byte[] record = new byte[src.remaining()];
            src.get(record);
            records[(int) (((long) head + size) % records.length)] = record;
            size++;
            return record.length;
        }

        @Override
        int remove(ByteBuffer dst) {
            if (size == 0) {
                return 0;
            }
            byte[] record = records[head];
            int count = Math.min(record.length, dst.remaining());
            dst.put(record, 0, count);
            records[head] = null;
            head = (head + 1) % records.length;
            size--;
            return count;
        }
    }

    private static final class Bytes extends UnreadQueue {
        private final byte[] ring;
        private int head;
        private int size;

        Bytes(int most) {
            ring = new byte[most];
        }

        @Override
        int size() {
            return size;
        }

        @Override
        int add(ByteBuffer src) {
            int count = Math.min(src.remaining(), ring.length - size);
            int tail = (int) (((long) head + size) % ring.length);
            int first = Math.min(count, ring.length - tail);
            src.get(ring, tail, first).get(ring, 0, count - first);
            size += count;
            return count;
        }

        @Override
        int remove(ByteBuffer dst) {
            int count = Math.min(dst.remaining(), size);
            int first = Math.min(count, ring.length - head);
            dst.put(ring, head, first).put(ring, 0, count - first);
            head = (int) (((long) head + count) % ring.length);
            size -= count;
            return count;
        }
    }
}
