package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.removal.RemovalProfile;
import org.jspecify.annotations.Nullable;

/**
 * Where calls come in to a gate: the system calls on its device, for a front, which is whoever
 * brings them there (a FUSE server, a test). {@link FopsGate#front()} has it.
 *
 * <pre>{@code
 * OpenFile file = gate.front().open(OpenFlags.O_RDWR, Caller.local());
 * int bytes = gate.front().read(file, buffer, 0, Caller.local());
 * gate.front().close(file);
 * }</pre>
 *
 * <p>The verbs answer as the kernel would, and once the removal has begun as the {@link
 * RemovalProfile} says: by default {@link ErrnoException} with ENODEV (poll: POLLERR|POLLHUP). A
 * front closes a file after the last call on it has returned.
 *
 * <p>All methods may be called by any thread, virtual ones included.
 */
public final class Front {
    private final FopsGate gate;
    private final Verbs verbs;
    private final boolean sleepingWrites;

    Front(FopsGate gate, Verbs verbs, boolean sleepingWrites) {
        this.gate = gate;
        this.verbs = verbs;
        this.sleepingWrites = sleepingWrites;
    }

    /** Whether positions count; otherwise it is a stream. */
    public boolean isSeekable() {
        return verbs.isSeekable();
    }

    /**
     * Whether writes may sleep: of a stream always, else see {@link GateBuilder#sleepingWrites}.
     */
    public boolean hasSleepingWrites() {
        return sleepingWrites || !isSeekable();
    }

    /** Whether {@link #size} asks the driver; otherwise it is 0 for ever. */
    public boolean hasSize() {
        return verbs.hasSize();
    }

    /**
     * The size of the device in bytes, or of a stream's memory that can be mapped; 0 for a stream
     * without.
     *
     * @throws ErrnoException ENODEV once the removal has begun; EIO if the driver's supplier fails
     */
    public long size() throws ErrnoException {
        return verbs.size();
    }

    /**
     * Opens a file for a caller whose threads may park.
     *
     * @param flags of open(2), see {@link org.cdevgate.abi.OpenFlags}
     * @throws ErrnoException what the driver's open answers; ENODEV once the removal has begun
     */
    public OpenFile open(int flags, Caller caller) throws ErrnoException {
        if (Sides.of(caller).sleepsWithoutThread()) {
            throw new IllegalArgumentException(
                    "this caller sleeps without a thread: use newFile and open(OpenFile, Caller)");
        }
        OpenFile file = newFile(flags, caller);
        try {
            open(file, caller);
        } catch (Throwable e) {
            close(file);
            throw e;
        }
        return file;
    }

    /** A file that is not open yet, for {@link #open(OpenFile, Caller)}. */
    public OpenFile newFile(int flags, Caller caller) {
        return newFile(flags, caller, 0);
    }

    /**
     * {@link #newFile(int, Caller)} for one of several nodes of the device.
     *
     * @param minor which node, 0 or more; see {@link OpenFile#minor()}
     */
    public OpenFile newFile(int flags, Caller caller, int minor) {
        if (minor < 0) {
            throw new IllegalArgumentException("minor " + minor + "; give 0 or more");
        }
        return new OpenFile(gate, flags, Sides.of(caller), minor);
    }

    /**
     * Runs the driver's open for a new file. Whatever the outcome, the file is given back with
     * {@link #close}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int open(OpenFile file, Caller caller) throws ErrnoException {
        return verbs.open(file, Sides.of(caller));
    }

    /**
     * Closes a file: after the last descriptor is gone and the last call on it has returned, or
     * when its open failed. Runs the driver's release and the destructor of private data unless
     * that was done; if another thread is at it, waits. During a removal that has not come to it
     * yet, leaves them to the remover and returns.
     */
    public void close(OpenFile file) {
        gate.checkOwn(file);
        gate.files().close(file);
    }

    /**
     * close(2) of one descriptor; see {@link FileOperations#flush}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int flush(OpenFile file, Caller caller) throws ErrnoException {
        return verbs.flush(file, Sides.of(caller));
    }

    /**
     * read(2).
     *
     * @param dst from its position 0 to its limit
     * @param position bytes; ignored for a stream
     * @return bytes read, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int read(OpenFile file, ByteBuffer dst, long position, Caller caller)
            throws ErrnoException {
        return verbs.read(file, dst, position, Sides.of(caller));
    }

    /**
     * write(2).
     *
     * @param src from its position 0 to its limit
     * @param position bytes; ignored for a stream
     * @return bytes written, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int write(OpenFile file, ByteBuffer src, long position, Caller caller)
            throws ErrnoException {
        return verbs.write(file, src, position, Sides.of(caller));
    }

    /** lseek(2); returns the new position in bytes. */
    public long llseek(OpenFile file, long offset, int whence, Caller caller)
            throws ErrnoException {
        return verbs.llseek(file, offset, whence, Sides.of(caller));
    }

    /**
     * ioctl(2).
     *
     * @param data the argument's bytes, see {@link FileOperations#ioctl}
     * @return what ioctl(2) returns, or {@link Call#WOULD_BLOCK} if the caller sleeps without a
     *     thread
     */
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Caller caller)
            throws ErrnoException {
        return verbs.ioctl(file, command, argument, data, Sides.of(caller));
    }

    /**
     * poll(2).
     *
     * @param watcher told of wake-ups until it is stopped; null if the caller does not wait
     * @return events of {@link PollEvents}; those of the {@link RemovalProfile} once the removal
     *     has begun, POLLERR if the driver fails; never an error
     */
    public int poll(OpenFile file, Caller caller, @Nullable PollWatcher watcher) {
        return verbs.poll(file, Sides.of(caller), watcher == null ? null : Sides.of(watcher));
    }

    /**
     * mmap(2): answers whether the file may be mapped; see {@link FileOperations#mmap}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int mmap(OpenFile file, long offset, long length, Caller caller) throws ErrnoException {
        return verbs.mmap(file, offset, length, Sides.of(caller));
    }

    /**
     * fsync(2), fdatasync(2).
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int fsync(OpenFile file, boolean dataOnly, Caller caller) throws ErrnoException {
        return verbs.fsync(file, dataOnly, Sides.of(caller));
    }

    /**
     * Puts a front's request to sleep on the queue that the verb named, after the verb was handed
     * back to this caller. The front keeps the sleeper reachable while it sleeps. Once the removal
     * has begun {@link RequestSleeper#removed} is called at once.
     *
     * @return false if a wake-up came while the verb was looking, or unread data is delivered after
     *     the removal, and nothing is or will be called: run it again now
     * @throws IllegalStateException if no verb was handed back to this caller
     */
    public boolean sleep(RequestSleeper sleeper, Caller caller) {
        return gate.blocking().sleep(Sides.of(sleeper), Sides.of(caller));
    }

    /**
     * Makes a front part of the removal.
     *
     * @throws ErrnoException ENODEV once the removal has begun; the listener is not called then
     */
    public void addRemovalListener(RemovalListener listener) throws ErrnoException {
        gate.removal().addListener(Objects.requireNonNull(listener, "listener"));
    }
}
