package org.cdevgate.gate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.Consumer;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.front.MappedPages;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.internal.StackRoom;
import org.cdevgate.internal.Waits;
import org.jspecify.annotations.Nullable;

/**
 * The state of one open(2): Linux's struct file. Descriptors made by dup, fork and SCM_RIGHTS share
 * it. A driver keeps what belongs to one opening in {@link #setPrivateData private data}.
 *
 * <pre>{@code
 * file.setPrivateData(new Cursor(), Cursor::close);       // in open
 * Cursor cursor = file.privateData(Cursor.class);         // in a later verb
 * }</pre>
 *
 * <pre>
 *   NEW ──open verb succeeded──▶ OPEN ──┐
 *    │                                  ├─ claimed by close or by the remover ─▶ RELEASING ─▶ RELEASED
 *    └──open failed or abandoned────────┘
 * </pre>
 *
 * <p>The claim is one compare-and-set, so release and the destructor run exactly once whoever comes
 * first; they are done when the state is RELEASED. Calls are never counted here: threads that share
 * one file would overwrite each other's accounting.
 */
public final class OpenFile {
    private static final int NEW = 0;
    private static final int OPEN = 1;
    private static final int RELEASING = 2;
    static final int RELEASED = 3;

    /** Linked with the class, never at the end of a driver's stack. */
    @SuppressWarnings("UnnecessaryLambda")
    private static final Consumer<Object> NO_DESTRUCTOR = data -> {};

    private static final VarHandle STATE;
    private static final VarHandle POSITION;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(OpenFile.class, "state", int.class);
            POSITION = lookup.findVarHandle(OpenFile.class, "position", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final FopsGate gate;
    private final int flags;
    private final int minor;
    private final int tid;
    private final int pid;
    private final int uid;
    private final int gid;

    @SuppressWarnings("unused") // through POSITION
    private long position;

    volatile @Nullable Object privateData;
    private volatile @Nullable UnreadQueue unread;
    private volatile @Nullable MappedPages mappedPages;

    // Guarded by this.
    private @Nullable Consumer<Object> destructor;
    private boolean destroyed;
    private @Nullable Thread destroyer;

    @SuppressWarnings("unused") // through STATE
    volatile int state;

    volatile @Nullable Thread releaser;

    OpenFile(FopsGate gate, int flags, CallerSide caller, int minor) {
        this.gate = gate;
        this.flags = flags;
        this.minor = minor;
        this.tid = caller.tid();
        this.pid = caller.pid();
        this.uid = caller.uid();
        this.gid = caller.gid();
    }

    /** The gate through which the file was opened; another gate refuses it. */
    public FopsGate gate() {
        return gate;
    }

    /** Which of the device's nodes was opened (iminor of linux/fs.h); 0 if there is but one. */
    public int minor() {
        return minor;
    }

    /** The flags of open(2), see {@link OpenFlags}. */
    public int flags() {
        return flags;
    }

    /**
     * Whether the file was opened with O_NONBLOCK; {@link Call#isNonBlocking} knows it for a call.
     */
    public boolean isNonBlocking() {
        return (flags & OpenFlags.O_NONBLOCK) != 0;
    }

    /** Whether the access mode of open(2) allows reading. */
    public boolean isReadable() {
        return (flags & OpenFlags.O_ACCMODE) != OpenFlags.O_WRONLY;
    }

    /** Whether the access mode of open(2) allows writing. */
    public boolean isWritable() {
        return (flags & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY;
    }

    /** The thread that opened the file; -1 if unknown. */
    public int tid() {
        return tid;
    }

    /** The process that opened the file; -1 if unknown. */
    public int pid() {
        return pid;
    }

    /** The user id that opened the file; -1 if unknown. */
    public int uid() {
        return uid;
    }

    /** The group id that opened the file; -1 if unknown. */
    public int gid() {
        return gid;
    }

    /**
     * The position after the last successful read, write or llseek, in bytes; 0 on a stream. Over
     * FUSE the kernel keeps the position and this is the last one it showed.
     */
    public long position() {
        return (long) POSITION.getOpaque(this);
    }

    void position(long newPosition) {
        POSITION.setOpaque(this, newPosition);
    }

    /**
     * Attaches data of the driver's to this opening, with a destructor that runs exactly once:
     * after release, at the last close or at the removal, whichever comes first, or when the open
     * fails.
     *
     * @param data not null
     * @param destructor not null; gets {@code data}; what it throws is logged
     * @throws IllegalStateException if data was set already (as FreeBSD's devfs_set_cdevpriv(9)
     *     answers EBUSY) or the file is already released
     */
    public <T> void setPrivateData(T data, Consumer<? super T> destructor) {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(destructor, "destructor");
        synchronized (this) {
            if (privateData != null) {
                throw new IllegalStateException(
                        "private data of " + this + " is set already; it is set once per open");
            }
            if (destroyed || (int) STATE.getVolatile(this) >= RELEASING) {
                throw new IllegalStateException(
                        this + " is being released; set private data in open or in a later call");
            }
            @SuppressWarnings("unchecked") // it is only ever given this data
            Consumer<Object> erased = (Consumer<Object>) destructor;
            this.destructor = erased;
            this.privateData = data;
        }
    }

    /** {@link #setPrivateData(Object, Consumer)} for data that needs no destructor. */
    public void setPrivateData(Object data) {
        setPrivateData(data, NO_DESTRUCTOR);
    }

    /**
     * The data that {@link #setPrivateData} attached, or null if there is none.
     *
     * @throws ClassCastException if it is of another type
     */
    public <T> @Nullable T privateData(Class<T> type) {
        return Objects.requireNonNull(type, "type").cast(privateData);
    }

    /**
     * Attaches what the device has sent to this opening and nobody has read: a removal may then
     * deliver it, see {@link UnreadQueue}.
     *
     * @param queue of this file alone
     * @throws IllegalStateException if one was set already
     */
    public synchronized void setUnread(UnreadQueue queue) {
        Objects.requireNonNull(queue, "queue");
        if (unread != null) {
            throw new IllegalStateException(
                    "the unread queue of " + this + " is set already; it is set once per open");
        }
        unread = queue;
    }

    /** The queue that {@link #setUnread} attached, or null if there is none. */
    public @Nullable UnreadQueue unread() {
        return unread;
    }

    /** For a front: the file is mapped from now on. */
    public void setMappedPages(MappedPages pages) {
        mappedPages = Objects.requireNonNull(pages, "pages");
    }

    /**
     * Takes pages away from the processes that have mapped this file, so that their next touch asks
     * the driver's read for them again: unmap_mapping_range() of linux/mm.h. A camera calls it for
     * a buffer before it hands out the frame in it. When it returns no process sees the old
     * content, private copies that a process has written to excepted; pages that a process changed
     * in a shared mapping have been written to the driver. Does nothing if the file is not mapped.
     *
     * <p>It waits for reads and writes of these pages, so the caller must hold no lock that those
     * verbs take. Any thread, in a verb or not.
     *
     * @param offset bytes, of the first page; 0 or more
     * @param length bytes; 0 for all to the end
     * @throws IllegalArgumentException if one is negative
     */
    public void unmapMappingRange(long offset, long length) {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "offset " + offset + ", length " + length + "; give 0 or more for both");
        }
        MappedPages pages = mappedPages;
        if (pages != null) {
            Frame.beforePark();
            pages.unmap(offset, length);
        }
    }

    /** False if it was released meanwhile, by a removal that left the call of open out. */
    boolean markOpen() {
        return STATE.compareAndSet(this, NEW, OPEN);
    }

    /** Whether it was not opened yet, or its open has failed. */
    boolean isNew() {
        return (int) STATE.getVolatile(this) == NEW;
    }

    /** Whether it was opened and nobody has begun to release it. */
    boolean isOpen() {
        return (int) STATE.getVolatile(this) == OPEN;
    }

    /**
     * Claims the release. Exactly one caller ever gets an answer other than {@link Claim#LOST}. The
     * claimer runs what is due and then sets the state to {@link #RELEASED}.
     */
    Claim claimRelease() {
        Thread thread = Thread.currentThread();
        if (STATE.compareAndSet(this, OPEN, RELEASING)) {
            releaser = thread;
            return Claim.RELEASE;
        }
        if (STATE.compareAndSet(this, NEW, RELEASING)) {
            releaser = thread;
            return Claim.DESTRUCTOR_ONLY;
        }
        return Claim.LOST;
    }

    enum Claim {
        RELEASE,
        DESTRUCTOR_ONLY,
        LOST
    }

    /**
     * Runs the destructor of private data unless another thread did or does. With late release the
     * closer and the remover may both come; no data are taken from here on.
     */
    void runDestructor() {
        Consumer<Object> run;
        Thread thread = Thread.currentThread();
        synchronized (this) {
            if (destroyed) {
                return;
            }
            destroyed = true;
            run = destructor;
            destructor = null;
            destroyer = run == null ? null : thread;
        }
        if (run != null) {
            try {
                run.accept(privateData);
            } finally {
                synchronized (this) {
                    destroyer = null;
                    notifyAll();
                }
            }
        }
    }

    /** Whether a thread runs the destructor now. */
    synchronized boolean isDestroyedBy(Thread thread) {
        return destroyer == thread;
    }

    /** Waits while another thread runs the destructor. */
    void awaitDestructor() {
        synchronized (this) {
            if (destroyer == null) {
                return; // as a rule; a look is cheaper than the room
            }
            StackRoom.requireToLink();
            Waits.whileTrue(this, () -> destroyer != null && destroyer != Thread.currentThread());
        }
    }

    boolean isReleasing() {
        return (int) STATE.getVolatile(this) == RELEASING;
    }

    /** Whether release and the destructor are done. */
    public boolean isReleased() {
        return (int) STATE.getVolatile(this) == RELEASED;
    }

    /** Whether a thread other than this one is releasing the file now. */
    boolean isBeingReleasedByAnother() {
        return isReleasing() && releaser != Thread.currentThread();
    }

    @Override
    public String toString() {
        return "open file of " + gate.name() + " (pid " + pid + ")";
    }
}
