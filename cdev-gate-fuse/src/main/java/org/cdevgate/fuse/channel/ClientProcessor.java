package org.cdevgate.fuse.channel;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Takes the calling thread to the processor on which a client runs, and lets it go there.
 *
 * <p>A thread stays where it last ran until the scheduler has a reason to move it. Side by side,
 * neither client nor server ever waits for an idle processor to wake up.
 *
 * <p>For one thread.
 */
final class ClientProcessor {
    // Sizes of cpu_set_t, and enough for the one line of /proc/TID/stat.
    private static final int SET_BYTES = 128;
    private static final int TEXT_BYTES = 1024;
    private static final int ALLOWED = 0;
    private static final int ONE = SET_BYTES;
    private static final int TEXT = 2 * SET_BYTES;
    private static final int PATH = TEXT + TEXT_BYTES;
    private static final byte[] PROC = "/proc/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STAT = "/stat\0".getBytes(StandardCharsets.US_ASCII);
    private static final int PATH_BYTES = PROC.length + 10 + STAT.length;

    /** Fields of proc(5) from the state, the one after the name, to the processor. */
    private static final int FIELDS_AFTER_STATE = 36;

    private final NativeBuffer memory = NativeBuffer.allocate(PATH + PATH_BYTES);

    ClientProcessor() {
        memory.bytes().put(PATH, PROC);
    }

    /**
     * Moves this thread.
     *
     * @param tid the client's thread, as this process sees it
     * @return whether it was elsewhere and is there now; not if it may not run there, or nobody
     *     knows where the client is
     */
    boolean join(int tid) {
        try {
            int processor = processorOf(tid);
            return processor >= 0
                    && processor < SET_BYTES * Byte.SIZE
                    && processor != Libc.CALLS.sched_getcpu()
                    && move(processor);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    private boolean move(int processor) {
        long address = memory.address();
        ByteBuffer bytes = memory.bytes();
        if (Libc.CALLS.sched_getaffinity(0, SET_BYTES, address + ALLOWED) != 0
                || (bytes.get(ALLOWED + processor / 8) & 1 << processor % 8) == 0) {
            return false;
        }
        for (int i = 0; i < SET_BYTES; i++) {
            bytes.put(ONE + i, (byte) 0);
        }
        bytes.put(ONE + processor / 8, (byte) (1 << processor % 8));
        if (Libc.CALLS.sched_setaffinity(0, SET_BYTES, address + ONE) != 0) {
            return false;
        }
        // Whoever changes what is allowed between these calls is overruled: they take microseconds,
        // and are made when many requests have come one by one.
        Libc.CALLS.sched_setaffinity(0, SET_BYTES, address + ALLOWED);
        return true;
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
    static int processorIn(ByteBuffer text, int start, int end) {
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
