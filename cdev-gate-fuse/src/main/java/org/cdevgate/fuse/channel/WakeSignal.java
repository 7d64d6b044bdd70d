package org.cdevgate.fuse.channel;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;

/**
 * A signal that does nothing but make a blocked system call of one thread return EINTR.
 *
 * <p>Its handler is libc's {@code abs}: native, async-signal-safe, of the shape {@code int (int)}.
 * Java code never runs in a handler. It is installed once per process without SA_RESTART, on a
 * real-time signal whose disposition was the default one, so that nobody else's handler is taken.
 *
 * <p>It stays when the class loader goes that has installed it, and the next one uses it again: the
 * class loaders of one process have one signal, however many come and go or live at the same time.
 * Each sends it to threads of its own only, and nobody minds one that comes without need.
 */
final class WakeSignal {
    private static final int HIGHEST_OFFSET = 20;
    private static final int FLAGS_OFFSET = 136; // struct sigaction: handler, mask, flags, restorer
    private static final int SA_RESTART = 0x10000000; // asm-generic/signal-defs.h
    private static final int SA_RESETHAND = 0x80000000;
    private static final int PID = Libc.CALLS.getpid();
    private static final int NUMBER = install();

    // Never written again: what a thread needs to unblock it must not need memory then.
    private static final NativeBuffer SET = set();

    private WakeSignal() {}

    private static int install() {
        NativeBuffer memory = NativeBuffer.allocate(2 * Libc.SIGACTION_BYTES);
        try {
            int installed = installedBefore(memory);
            return installed != 0 ? installed : installOnFreeSignal(memory);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** The signal of another class loader, which may be gone; 0 if there is none. */
    private static int installedBefore(NativeBuffer memory) {
        ByteBuffer bytes = memory.bytes();
        long handler = Libc.addressOf("abs");
        long old = memory.address() + Libc.SIGACTION_BYTES;
        int lowest = Libc.CALLS.__libc_current_sigrtmin() + 1;
        for (int signal = lowest - 1 + HIGHEST_OFFSET; signal >= lowest; signal--) {
            if (Libc.CALLS.sigaction(signal, 0, old) == 0
                    && bytes.getLong(Libc.SIGACTION_BYTES) == handler
                    && (bytes.getInt(Libc.SIGACTION_BYTES + FLAGS_OFFSET)
                                    & (SA_RESTART | SA_RESETHAND))
                            == 0) {
                return signal;
            }
        }
        return 0;
    }

    private static int installOnFreeSignal(NativeBuffer memory) {
        ByteBuffer bytes = memory.bytes();
        long action = memory.address();
        long old = action + Libc.SIGACTION_BYTES;
        // 32 and 33 are glibc's and below SIGRTMIN as it tells it; the JDK takes 62.
        int lowest = Libc.CALLS.__libc_current_sigrtmin() + 1;
        for (int signal = lowest - 1 + HIGHEST_OFFSET; signal >= lowest; signal--) {
            if (Libc.CALLS.sigaction(signal, 0, old) == 0
                    && bytes.getLong(Libc.SIGACTION_BYTES) == 0) { // SIG_DFL
                bytes.putLong(0, Libc.addressOf("abs"));
                bytes.putInt(FLAGS_OFFSET, 0);
                if (Libc.CALLS.sigaction(signal, action, 0) == 0) {
                    return signal;
                }
            }
        }
        throw new IllegalStateException(
                "no real-time signal from SIGRTMIN+1 to SIGRTMIN+"
                        + HIGHEST_OFFSET
                        + " is free; one is needed to wake threads that wait for requests: free"
                        + " one of those that other native libraries of this process have taken");
    }

    /**
     * Unblocks the signal for the calling thread, which may have inherited a mask from whoever
     * started the JVM.
     *
     * @return the thread's id, for {@link #wake}
     */
    static int prepareThread() {
        Libc.CALLS.pthread_sigmask(Libc.SIG_UNBLOCK, SET.address(), 0);
        return Libc.CALLS.gettid();
    }

    private static NativeBuffer set() {
        NativeBuffer set = NativeBuffer.allocate(Libc.SIGSET_BYTES);
        Libc.CALLS.sigemptyset(set.address());
        Libc.CALLS.sigaddset(set.address(), NUMBER);
        return set;
    }

    /**
     * Sends the signal.
     *
     * @param tid as {@link #prepareThread} returned it
     * @return false if this process has no such thread any more
     */
    static boolean wake(int tid) {
        return Libc.CALLS.tgkill(PID, tid, NUMBER) == 0 || Libc.errno() != Libc.ESRCH;
    }
}
