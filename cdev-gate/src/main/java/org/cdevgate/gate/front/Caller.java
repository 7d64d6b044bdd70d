package org.cdevgate.gate.front;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.gate.sides.WatcherSide;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call, and how that side of the gate sleeps. Fronts extend it; a driver sees it only
 * through {@link org.cdevgate.gate.Call}.
 *
 * <pre>{@code
 * final class ProcessCaller extends Caller { // with what the front was told of the process
 *     @Override public int tid() { return tid; }
 *     @Override public int pid() { return pid; }
 *     @Override public int uid() { return uid; }
 *     @Override public int gid() { return gid; }
 * }
 * }</pre>
 *
 * <p>A front that can hold a request without a thread overrides {@link #sleepsWithoutThread()}: a
 * verb that would block is then handed back ({@link org.cdevgate.gate.Call#WOULD_BLOCK}) with this
 * object knowing the queue, and the front hangs its {@link RequestSleeper} on it by {@link
 * org.cdevgate.gate.Front#sleep(RequestSleeper, Caller)}. Such a caller serves one call at a time.
 * With the others the gate parks the calling thread and runs the verb again itself.
 */
public abstract class Caller {
    private static final Caller LOCAL = new LocalCaller();

    private final CallerSide side = new Side(); // the gate finds it too

    /** For fronts to extend. */
    protected Caller() {}

    /**
     * A caller that is this JVM: its process id known, thread, user and group not (-1), and threads
     * that park. For use by any thread.
     */
    public static Caller local() {
        return LOCAL;
    }

    /** The calling thread's id (gettid(2)), or -1. */
    public abstract int tid();

    /** The calling process's id (getpid(2)), or -1. May be looked up at each call. */
    public abstract int pid();

    /** The caller's user id, or -1. */
    public abstract int uid();

    /** The caller's group id, or -1. */
    public abstract int gid();

    /**
     * Whether this call must not sleep; by default what the file was opened with.
     *
     * @param flags of the file, see {@link OpenFlags}
     */
    public boolean isNonBlocking(int flags) {
        return (flags & OpenFlags.O_NONBLOCK) != 0;
    }

    /**
     * Whether this read or write is of a page of a mapping, not a read(2) or write(2); see {@link
     * org.cdevgate.gate.Call#isMappedPage()}.
     */
    protected boolean isMappedPage() {
        return false;
    }

    /** Whether the caller's pointers have 32 bits; see {@link org.cdevgate.gate.Call#is32Bit()}. */
    protected boolean is32Bit() {
        return false;
    }

    /**
     * Copies from the caller's memory, see {@link org.cdevgate.gate.Call#copyFromUser}. Called on
     * the call's thread while the caller waits for the verb; must not outlast that wait.
     *
     * @throws UnsupportedOperationException unless overridden; the message says what to do
     */
    protected void copyFromUser(long address, ByteBuffer dst) throws ErrnoException {
        throw noMemory();
    }

    /**
     * Copies to the caller's memory, see {@link org.cdevgate.gate.Call#copyToUser} and {@link
     * #copyFromUser}.
     *
     * @throws UnsupportedOperationException unless overridden; the message says what to do
     */
    protected void copyToUser(long address, ByteBuffer src) throws ErrnoException {
        throw noMemory();
    }

    private UnsupportedOperationException noMemory() {
        return new UnsupportedOperationException(
                "a caller of "
                        + getClass().getName()
                        + " has no memory of its own to copy from or to; code in this JVM passes"
                        + " its data in the verb's buffer, or extends Caller and overrides"
                        + " copyFromUser and copyToUser");
    }

    /**
     * Who polls the file of this call. Where the call must not sleep, and so ends with EAGAIN, it
     * is told of the wake-ups of the queue that the call would have slept on. Null if nobody polls.
     */
    protected @Nullable PollWatcher pollWatcher() {
        return null;
    }

    /** Whether a verb that would block is handed back to the front. */
    protected boolean sleepsWithoutThread() {
        return false;
    }

    /**
     * Says whose request this caller makes next, for a front that uses the object for more than
     * one.
     *
     * @param slept what the request slept as that runs again; null for a new request
     */
    protected final void serves(@Nullable RequestSleeper slept) {
        side.blocked(slept == null ? null : slept.side.run());
    }

    /**
     * Called on the call's thread before it parks in {@link org.cdevgate.gate.Call#await}; must not
     * block or throw.
     */
    protected void beforePark() {}

    private final class Side extends CallerSide {
        @Override
        public int tid() {
            return Caller.this.tid();
        }

        @Override
        public int pid() {
            return Caller.this.pid();
        }

        @Override
        public int uid() {
            return Caller.this.uid();
        }

        @Override
        public int gid() {
            return Caller.this.gid();
        }

        @Override
        public boolean isNonBlocking(int flags) {
            return Caller.this.isNonBlocking(flags);
        }

        @Override
        public boolean isMappedPage() {
            return Caller.this.isMappedPage();
        }

        @Override
        public boolean is32Bit() {
            return Caller.this.is32Bit();
        }

        @Override
        public void copyFromUser(long address, ByteBuffer dst) throws ErrnoException {
            Caller.this.copyFromUser(address, dst);
        }

        @Override
        public void copyToUser(long address, ByteBuffer src) throws ErrnoException {
            Caller.this.copyToUser(address, src);
        }

        @Override
        public @Nullable WatcherSide watcher() {
            PollWatcher watcher = pollWatcher();
            return watcher == null ? null : watcher.side;
        }

        @Override
        public boolean sleepsWithoutThread() {
            return Caller.this.sleepsWithoutThread();
        }

        @Override
        public void beforePark() {
            Caller.this.beforePark();
        }
    }

    private static final class LocalCaller extends Caller {
        private final int pid = (int) ProcessHandle.current().pid();

        @Override
        public int tid() {
            return -1;
        }

        @Override
        public int pid() {
            return pid;
        }

        @Override
        public int uid() {
            return -1;
        }

        @Override
        public int gid() {
            return -1;
        }
    }
}
