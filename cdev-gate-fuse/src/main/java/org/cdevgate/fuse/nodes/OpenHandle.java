package org.cdevgate.fuse.nodes;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.protocol.FuseNotification;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.session.Notifier;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.MappedPages;
import org.cdevgate.gate.front.PollWatcher;
import org.jspecify.annotations.Nullable;

/**
 * An open file as the kernel names it (fh), and what its pollers wait for. The kernel's poll handle
 * is the same in every POLL of the file and needs no arming, so a wake-up is one notification;
 * several that come before it is sent are one.
 */
final class OpenHandle extends PollWatcher implements Notifier.Notification, MappedPages {
    private static final int MAX_HEARD = 4096; // of threads that poll one open file
    private static final int CLOSED = Integer.MIN_VALUE; // the count stands in the other bits

    /** How long a woken process may need to ask again, and then as long to make its call. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int SEVERAL = -1; // no thread's id

    final Device device;
    final OpenFile file;
    private final Notifier notifier;
    // Made with the file: a wake-up must not need memory.
    private final Notifier.Message message = new Notifier.Message(this);
    private final AtomicBoolean released = new AtomicBoolean();

    // Requests that are in the driver with this file, and CLOSED once RELEASE has come.
    private final AtomicInteger calls = new AtomicInteger();

    // The kernel's handles are never 0.
    private volatile long pollHandle;

    /** Threads that poll has told of the removal; guarded by this, null before one was. */
    private @Nullable Set<Integer> heard;

    /** Those of them that have not yet made the call that they were woken for; as heard. */
    private @Nullable Set<Integer> owed;

    // Nanoseconds, never 0. Written under this.
    private volatile long heardAt; // by the last of them; 0: by nobody
    private long wokenAt; // by the removal; 0: nobody waited in poll

    /** The thread that has waited in poll, or SEVERAL; 0 for none. Written under this. */
    private volatile int poller;

    /** The flags of the last READ or WRITE, which know of fcntl(F_SETFL); IOCTL carries none. */
    volatile int lastFlags;

    private final long nodeId;

    /**
     * Where a read(2) goes on that is too large for one READ, and whose: offset << 32 | thread id.
     * On a stream a read(2) begins at 0, so another offset is that of its next part.
     */
    private volatile long nextPart;

    /** Messages of {@link #unmap}, guarded by itself; null unless the driver allowed a mapping. */
    private volatile @Nullable NativeBuffer unmapping;

    /**
     * A file that was just opened.
     *
     * @param nodeId by which the kernel opened it
     */
    OpenHandle(Device device, long nodeId, OpenFile file, Notifier notifier) {
        this.device = device;
        this.file = file;
        this.notifier = notifier;
        this.lastFlags = file.flags();
        this.nodeId = nodeId;
    }

    /**
     * Begins a request on the file. The kernel sends RELEASE only when it waits for none, but it
     * takes one for answered that was answered for a dying process while its thread was still in
     * the driver; release must not come beside it.
     *
     * @return false if the file is closed
     */
    boolean enter() {
        if (calls.incrementAndGet() < 0) {
            exit();
            return false;
        }
        return true;
    }

    /** Ends a request; the last one out of a closed file releases it. */
    void exit() {
        if (calls.decrementAndGet() == CLOSED) {
            release();
        }
    }

    /** The last descriptor is gone: releases the file, now or when the last request has ended. */
    void close() {
        int before = calls.getAndUpdate(count -> count | CLOSED);
        if (before == 0) {
            release();
        }
    }

    private void release() {
        // A late enter() may raise the count from CLOSED and bring it back: only once.
        if (released.compareAndSet(false, true)) {
            try {
                stop();
                device.handles.remove(this);
            } finally {
                device.gate.front().close(file); // whatever fails: nobody else will
            }
        }
    }

    /**
     * A READ of a stream has got all that it asked for, so there may be more of the same read(2).
     */
    void readInFull(FuseRequest request) {
        if (!device.gate.front().isSeekable()) {
            nextPart = part(request.offset() + request.size(), request.pid());
        }
    }

    /**
     * Whether a READ of a stream is not the first part of its read(2): that one has data already,
     * and returns them if the driver has no more now.
     */
    boolean goesOn(FuseRequest request) {
        long offset = request.offset();
        return offset > 0
                && offset <= Integer.MAX_VALUE // of AIO alone, whose offset means nothing
                && part(offset, request.pid()) == nextPart;
    }

    // A read(2) has less than 2^31 bytes.
    private static long part(long offset, int tid) {
        return offset << Integer.SIZE | Integer.toUnsignedLong(tid);
    }

    /**
     * A thread begins to wait in poll, select or epoll.
     *
     * @param handle that names the file in notifications
     * @param tid 0 for a thread that cannot be seen from here, which may be several
     */
    void polledBy(long handle, int tid) {
        pollHandle = handle;
        int last = poller;
        if (last != SEVERAL && (last != tid || tid == 0)) {
            synchronized (this) {
                poller = poller == 0 && tid != 0 ? tid : SEVERAL;
            }
        }
    }

    /** Whether anybody has ever waited for the file in poll, select or epoll. */
    boolean isPolled() {
        return pollHandle != 0;
    }

    @Override
    protected void wakeUp() {
        if (pollHandle != 0) {
            notifier.send(message);
        }
    }

    /** The device is going: pollers ask again whatever queues the driver named. */
    void deviceFlagged() {
        if (isPolled()) {
            synchronized (this) {
                wokenAt = System.nanoTime() | 1;
            }
        }
        wakeUp();
    }

    /**
     * A poller has been told that the device is going. A notification wakes one alone of those that
     * sleep exclusively (EPOLLEXCLUSIVE), for one event that one of them takes; but a removal is
     * for all, as the end of a pipe is. So when one has heard of it, the next is woken: once for
     * each thread, because what hears again may be edge-triggered and take it for news.
     *
     * @param tid 0 for a thread that cannot be seen from here: each of these counts as another
     */
    void heardOfRemoval(int tid) {
        boolean another;
        synchronized (this) {
            if (heard == null) {
                heard = new HashSet<>(4);
            }
            int key = tid == 0 ? -1 - heard.size() : tid;
            another = heard.size() < MAX_HEARD && heard.add(key);
            if (another) {
                owed = owed == null ? new HashSet<>(4) : owed;
                owed.add(key);
                heardAt = System.nanoTime() | 1;
            }
        }
        if (another) {
            wakeUp();
        }
    }

    /** Whether a poller has heard of the removal: a call that begins now may be what it does. */
    boolean isRemovalHeard() {
        return heardAt != 0;
    }

    /** A call that began after a poller had heard of the removal has got the same answer. */
    synchronized void refused(int tid) {
        // One thread may poll and another read.
        if (owed != null && !owed.remove(tid) && !owed.isEmpty()) {
            owed.remove(owed.iterator().next());
        }
    }

    /**
     * Whether somebody that polls may be on the way to ask what there is, or to make a call because
     * of what it was told of the removal, and would find the connection ended instead of the device
     * gone. For a short time only: a process may as well do neither.
     */
    synchronized boolean isOwedAnAnswer() {
        if (released.get()) {
            return false;
        }
        long now = System.nanoTime();
        if (heardAt == 0) {
            return wokenAt != 0 && now - wokenAt < PATIENCE_NANOS;
        }
        // Of several nobody knows how many have not even asked.
        return (poller == SEVERAL || (owed != null && !owed.isEmpty()))
                && now - heardAt < PATIENCE_NANOS;
    }

    /** The device has gone: the pages of a mapping go too; touching them asks, and fails. */
    void deviceDrained() {
        unmap(0, 0);
    }

    /** Whether the driver allowed the file to be mapped. */
    boolean isMapped() {
        return unmapping != null;
    }

    /** The driver allows the file to be mapped. */
    void mapped() {
        synchronized (this) {
            if (unmapping == null) {
                unmapping = NativeBuffer.allocate(FuseNotification.INVALIDATE_INODE_BYTES);
            }
        }
        file.setMappedPages(this);
    }

    @Override
    public void unmap(long offset, long length) {
        NativeBuffer message = unmapping;
        if (message == null) {
            return;
        }
        synchronized (message) {
            notifier.sendNow(
                    buffer -> FuseNotification.invalidateInode(buffer, 0, nodeId, offset, length),
                    message);
        }
    }

    @Override
    public int encode(ByteBuffer buffer) {
        return FuseNotification.poll(buffer, 0, pollHandle);
    }
}
