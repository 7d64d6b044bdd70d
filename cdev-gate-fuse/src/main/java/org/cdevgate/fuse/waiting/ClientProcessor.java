package org.cdevgate.fuse.waiting;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a thread to the processor on which a client runs, where the scheduler then leaves both:
 * side by side, neither ever waits for an idle processor to wake up.
 *
 * <p>That takes some care. A thread is woken where it ran before the last time, if that processor
 * is idle (recent_used_cpu in the kernel's fair.c): the thread that was moved, and the client, if
 * it was moved itself not long ago. And a processor that becomes idle takes over whoever waits on
 * another. So the processor that is left is kept busy until both have been woken once beside each
 * other, and the thread is held on the new one until it has slept once.
 *
 * <p>For one thread at a time; another one is refused until the first has been let go.
 */
public final class ClientProcessor implements AutoCloseable {
    // Sizes of cpu_set_t, and enough for the one line of /proc/TID/stat.
    private static final int SET_BYTES = 128;
    private static final int TEXT_BYTES = 1024;
    private static final int ALLOWED = 0;
    private static final int ONE = SET_BYTES;
    private static final int CURRENT = 2 * SET_BYTES;
    private static final int LEFT = 3 * SET_BYTES;
    private static final int TEXT = 4 * SET_BYTES;
    private static final int PATH = TEXT + TEXT_BYTES;
    private static final byte[] PROC = "/proc/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STAT = "/stat\0".getBytes(StandardCharsets.US_ASCII);
    private static final int PATH_BYTES = PROC.length + 10 + STAT.length;

    /** Fields of proc(5) from the state, the one after the name, to the processor. */
    private static final int FIELDS_AFTER_STATE = 36;

    private final NativeBuffer memory = NativeBuffer.allocate(PATH + PATH_BYTES);

    private final ProcessorHolder holder = new ProcessorHolder();
    private @Nullable Thread moved; // guarded by this

    public ClientProcessor() {
        memory.bytes().put(PATH, PROC);
    }

    /**
     * Moves this thread, and allows it no other processor until {@link #letGo}.
     *
     * @param tid the client's thread, as this process sees it
     * @return whether it was elsewhere and is there now; not if it may not run there, or nobody
     *     knows where the client is
     */
    public synchronized boolean join(int tid) {
        if (moved != null) {
            return false;
        }
        try {
            int processor = processorOf(tid);
            int here = Libc.CALLS.sched_getcpu();
            if (isPossible(processor) && isPossible(here) && move(here, processor)) {
                moved = Thread.currentThread();
                return true;
            }
            return false;
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    private static boolean isPossible(int processor) {
        return processor >= 0 && processor < SET_BYTES * Byte.SIZE;
    }

    private boolean move(int here, int processor) {
        long address = memory.address();
        if (processor == here
                || Libc.CALLS.sched_getaffinity(0, SET_BYTES, address + ALLOWED) != 0
                || (memory.bytes().get(ALLOWED + processor / 8) & 1 << processor % 8) == 0) {
            return false;
        }
        putOnly(here, LEFT);
        putOnly(processor, ONE);
        if (!holder.hold(address + LEFT, SET_BYTES)) {
            return false;
        }
        if (Libc.CALLS.sched_setaffinity(0, SET_BYTES, address + ONE) != 0) {
            holder.release();
            return false;
        }
        return true;
    }

    private void putOnly(int processor, int at) {
        ByteBuffer bytes = memory.bytes();
        for (int i = 0; i < SET_BYTES; i++) {
            bytes.put(at + i, (byte) 0);
        }
        bytes.put(at + processor / 8, (byte) (1 << processor % 8));
    }

    /** Allows what was allowed before {@link #join}, unless somebody else changed it meanwhile. */
    public synchronized void letGo() {
        if (moved != Thread.currentThread()) {
            return;
        }
        try {
            long address = memory.address();
            if (Libc.CALLS.sched_getaffinity(0, SET_BYTES, address + CURRENT) == 0
                    && isStillHeld()) {
                Libc.CALLS.sched_setaffinity(0, SET_BYTES, address + ALLOWED);
            }
            moved = null; // last: after an Error it can be called again
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    private boolean isStillHeld() {
        for (int i = 0; i < SET_BYTES; i++) {
            if (memory.bytes().get(CURRENT + i) != memory.bytes().get(ONE + i)) {
                return false;
            }
        }
        return true;
    }

    /** Both have been woken beside each other: the processor that was left may be idle. */
    public void settled() {
        holder.release();
    }

    /** No thread is moved any more, and none is left behind. Idempotent. */
    @Override
    public void close() {
        holder.close();
    }

    /** The processor that a thread ran on last; -1 if that cannot be known. */
    private int processorOf(int tid) {
        if (tid <= 0) {
            return -1;
        }
        putPath(tid);
        int fd = Libc.CALLS.open(memory.address() + PATH, Libc.O_CLOEXEC);
        if (fd < 0) {
            return -1; // it has gone, or its process is hidden from this one
        }
        long length = Libc.CALLS.read(fd, memory.address() + TEXT, TEXT_BYTES);
        Libc.CALLS.close(fd);
        return processorIn(memory.bytes(), TEXT, TEXT + (int) length);
    }

    /** The path of a thread's line; digit by digit, because requests are served without garbage. */
    private void putPath(int tid) {
        int digits = 1;
        for (int rest = tid; rest >= 10; rest /= 10) {
            digits++;
        }
        int at = PATH + PROC.length + digits;
        for (int i = 0; i < STAT.length; i++) {
            memory.bytes().put(at + i, STAT[i]);
        }
        for (int rest = tid; digits > 0; rest /= 10, digits--) {
            memory.bytes().put(--at, (byte) ('0' + rest % 10));
        }
    }

    /** Field 39 of a line; the second is a name in parentheses, which may contain anything. */
    public static int processorIn(ByteBuffer text, int start, int end) {
        int at = end - 1;
        while (at >= start && text.get(at) != ')') {
            at--;
        }
        at += 2; // the state
        for (int field = 0; field < FIELDS_AFTER_STATE && at < end; at++) {
            if (text.get(at) == ' ') {
                field++;
            }
        }
        int processor = -1;
        for (; at < end && text.get(at) >= '0' && text.get(at) <= '9'; at++) {
            processor = Math.max(processor, 0) * 10 + text.get(at) - '0';
        }
        return processor;
    }
}
