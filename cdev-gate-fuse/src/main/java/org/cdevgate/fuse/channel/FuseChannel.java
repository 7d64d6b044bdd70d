package org.cdevgate.fuse.channel;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.waiting.AdaptiveSpin;
import org.cdevgate.fuse.waiting.ClientProcessor;
import org.jspecify.annotations.Nullable;

/**
 * One open file of /dev/fuse: requests come out of it one read(2) each, replies and notifications
 * go into it one write(2) each.
 *
 * <p>Life: <em>open</em> → {@link #stop} → <em>stopped</em>: nothing is received any more, replies
 * still go out → {@link #close} → <em>closed</em>: the kernel's connection is ended and sent
 * messages vanish. All methods may be called by any thread.
 */
public final class FuseChannel implements AutoCloseable {
    /*
     * How a stop reaches a thread in read(2). The receiver sets `receiving`, then looks at
     * `stopping`; stop() sets `stopping`, then looks at `receiving`. All four are volatile, so one
     * of the two sees the other's store: either the receiver never calls read(2), or stop() sees it
     * and signals until it has left. One signal is not enough: it may arrive between the look at
     * `stopping` and the system call, where it interrupts nothing.
     *
     * The signal is addressed by thread id. If the thread ends in the moment between the look at
     * `receiving` and tgkill(2), another thread of this process may have got its id and sees an
     * EINTR, which every thread of a JVM must expect.
     */

    /** Returned by {@link Receiver#receive} when no request will ever come again. */
    public static final int CLOSED = -1;

    /** What read(2) on /dev/fuse asks for at least: FUSE_MIN_READ_BUFFER of linux/fuse.h. */
    private static final int MIN_RECEIVE_BYTES = 8192;

    /** A client that was joined, and this thread, have slept and been woken in so many requests. */
    private static final int SETTLED_AFTER = 3;

    private static final long FIRST_PAUSE_NANOS = 20_000;
    private static final long MAX_PAUSE_NANOS = 1_000_000;

    private final int fd;
    private final FuseDescriptor descriptor;
    private final Cleaner.Cleanable closeFds;
    // Guarded by itself. Weak: threads come and go with the load, and a receiver needs no farewell.
    private final List<WeakReference<Receiver>> receivers = new ArrayList<>();
    private final ClientProcessor place = new ClientProcessor();
    private final Object closeLock = new Object();
    private boolean closed; // guarded by closeLock
    private volatile boolean stopping;
    private volatile boolean spinning;
    private volatile boolean nonBlocking; // what O_NONBLOCK was set to, by the last to say so

    /**
     * Takes over a descriptor: /dev/fuse, or in tests one end of a SOCK_SEQPACKET pair.
     *
     * @param fd open for reading and writing, close-on-exec
     * @param nullFd of {@link #openNull()}, taken over too
     */
    public FuseChannel(int fd, int nullFd) {
        this.fd = fd;
        this.descriptor = new FuseDescriptor(fd, nullFd);
        this.closeFds = NativeBuffer.CLEANER.register(this, descriptor);
    }

    /**
     * All receivers share O_NONBLOCK, so each has to bear what another set: a read that sleeps
     * unexpectedly, which only costs what a spin would have gained, or one that fails with EAGAIN,
     * upon which it sets its own value again.
     */
    private void setNonBlocking(boolean value) {
        nonBlocking = value;
        descriptor.setNonBlocking(value);
    }

    /** Opens /dev/null. */
    public static int openNull() throws IOException {
        int nullFd = Libc.CALLS.open(Libc.cString("/dev/null"), Libc.O_RDWR | Libc.O_CLOEXEC);
        if (nullFd < 0) {
            throw new IOException(
                    "open of /dev/null failed with "
                            + Errno.describe(Libc.errno())
                            + "; raise ulimit -n or provide the node");
        }
        return nullFd;
    }

    /**
     * Whether receivers made from now on may spin before they sleep, or move to the processor of
     * their client, where that pays; not unless this is called.
     */
    public void spin(boolean allow) {
        spinning = allow;
    }

    /**
     * Makes a receiver that puts its requests at the start of a buffer. It needs no closing.
     *
     * @param buffer at least 8192 bytes, and enough for the largest request agreed at INIT
     * @throws IllegalArgumentException if the buffer is smaller than the kernel accepts
     */
    public Receiver newReceiver(NativeBuffer buffer) {
        if (buffer.capacity() < MIN_RECEIVE_BYTES) {
            throw new IllegalArgumentException(
                    "a buffer of "
                            + buffer.capacity()
                            + " bytes; the kernel writes requests only into "
                            + MIN_RECEIVE_BYTES
                            + " or more");
        }
        Receiver receiver = new Receiver(buffer);
        synchronized (receivers) {
            receivers.removeIf(each -> each.refersTo(null));
            receivers.add(new WeakReference<>(receiver));
        }
        return receiver;
    }

    /**
     * Sends a reply or a notification with one write(2). Never fails otherwise than by its result,
     * and allocates nothing.
     *
     * @param buffer where the message stands
     * @param offset index of its first byte
     * @param length its length in bytes
     * @return 0, also after {@link #close}, when the message vanishes; or the errno: ENOENT (2) if
     *     the request is gone or unknown, for instance because the connection has ended (for
     *     notifications: if the node or name is); EINVAL (22) if the message is malformed or longer
     *     than the request allows; others as write(2) on /dev/fuse gives them
     * @throws IndexOutOfBoundsException if the message is not within the buffer
     */
    public int send(NativeBuffer buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.capacity());
        try {
            int errno;
            do {
                if (Libc.CALLS.write(fd, buffer.address() + offset, length) == length) {
                    return 0;
                }
                errno = Libc.errno();
            } while (errno == Libc.EINTR);
            return errno;
        } finally {
            Reference.reachabilityFence(buffer);
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Whether the kernel still waits for answers: poll(2) tells POLLERR once the connection has
     * ended, before any of its callers is told. After {@link #close} the result means nothing.
     *
     * @param pollfd address of a struct pollfd
     */
    public boolean isConnected(long pollfd, ByteBuffer at) {
        at.putInt(0, fd).putInt(4, 0); // events and revents: errors are told without being asked
        int ready = Libc.CALLS.poll(pollfd, 1, 0);
        return ready == 0
                || (ready > 0
                        && (at.getShort(6) & (Libc.POLLERR | Libc.POLLHUP | Libc.POLLNVAL)) == 0);
    }

    /**
     * Whether a request waits to be read: poll(2) tells POLLIN, and nothing else.
     *
     * @param memory of 8 bytes, for a struct pollfd
     */
    public boolean isReadable(NativeBuffer memory) {
        ByteBuffer at = memory.bytes();
        at.putInt(0, fd).putInt(4, Libc.POLLIN);
        try {
            return Libc.CALLS.poll(memory.address(), 1, 0) > 0 && at.getShort(6) == Libc.POLLIN;
        } finally {
            Reference.reachabilityFence(memory);
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Makes every {@link Receiver#receive} return {@link #CLOSED}, also those that wait in read(2)
     * now, and returns when none is in read(2) any more. A request that was read at that moment is
     * still returned. Replies can still be sent. Idempotent.
     */
    public void stop() {
        stopping = true;
        place.close();
        // Needs no memory: an end may come because there is none. Who is added from here on sees
        // `stopping`.
        long pause = FIRST_PAUSE_NANOS;
        while (wakeReceivers()) {
            LockSupport.parkNanos(this, pause);
            pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
        }
    }

    /** Signals who is in read(2); tells whether anybody was. */
    private boolean wakeReceivers() {
        boolean any = false;
        synchronized (receivers) {
            for (int i = 0; i < receivers.size(); i++) {
                Receiver receiver = receivers.get(i).get();
                any |= receiver != null && receiver.wakeIfReceiving();
            }
        }
        return any;
    }

    /**
     * Stops, then ends the kernel's connection: calls of clients that wait for an answer, and all
     * later ones on the mount, fail with ECONNABORTED or ENOTCONN. Returns when both are done.
     * Idempotent.
     *
     * <p>A thread that still sends does no harm: from now on its messages go to /dev/null, never
     * into another file that got the same descriptor number. But a thread that is inside write(2)
     * now, with a notification that the kernel holds back, keeps the connection alive until the
     * request it waits for is answered or the mount is aborted (umount -f).
     *
     * @throws IllegalStateException if dup3(2) fails; then the connection lives on, and another
     *     call tries again
     */
    @Override
    public void close() {
        stop();
        synchronized (closeLock) {
            if (!closed) {
                descriptor.replaceByNull();
                closed = true;
            }
        }
    }

    /** Closes the descriptor at once; for a mount that failed, when nobody else has the channel. */
    public void discard() {
        stopping = true;
        place.close();
        synchronized (closeLock) {
            closed = true;
            closeFds.clean();
        }
    }

    /**
     * Receives requests into one buffer, for one platform thread at a time: the one that called
     * first. (A virtual thread may change the thread it runs on, which {@link #stop} would miss.)
     */
    public final class Receiver {
        private final NativeBuffer buffer;
        private final AtomicBoolean receiving = new AtomicBoolean();
        private @Nullable Thread owner;
        private int tid; // written before, read after `receiving` is set
        private final @Nullable AdaptiveSpin spin = spinning ? new AdaptiveSpin() : null;
        private boolean missed; // whether the last spin found nothing
        private boolean joined; // has moved to the processor of its client, and not let go
        private int settling; // requests until a client that was joined has settled

        private Receiver(NativeBuffer buffer) {
            this.buffer = buffer;
        }

        /** Returns the buffer that requests are put into. */
        public NativeBuffer buffer() {
            return buffer;
        }

        /** {@link #receiveAfter} for a receiver that knows nothing of clients. */
        public int receive() throws IOException {
            return receiveAfter(0);
        }

        /**
         * Waits for a request and puts it at the start of the buffer: one read(2), no allocation.
         * While it spins there may be any number of them that find nothing.
         *
         * @param client the thread whose request was received last, 0 if it is not known
         * @return its length in bytes, above 0, or {@link #CLOSED} if the connection has ended or
         *     the channel was stopped
         * @throws IOException if the kernel refuses otherwise; the message names errno and remedy
         * @throws IllegalStateException if another thread called first
         */
        public int receiveAfter(int client) throws IOException {
            if (owner != Thread.currentThread()) {
                bind();
            }
            receiving.set(true);
            try {
                long now = 0;
                long limit = 0;
                if (spin != null) {
                    now = System.nanoTime();
                    if (settling > 0 && --settling == 0) {
                        place.settled();
                    }
                    // Of the last request, now that it has been answered: nobody waits for this.
                    joined |= spin.served(now, client, missed) && join(client, spin);
                    limit = spin.limit();
                }
                if (nonBlocking != (limit > 0)) {
                    setNonBlocking(limit > 0);
                }
                return receive(now, limit);
            } finally {
                if (joined) {
                    letGo();
                }
                // Release, not volatile: stop() may see it late and send one signal too many.
                receiving.setRelease(false);
                Reference.reachabilityFence(this);
            }
        }

        /** Whatever happens: a request may have been read, and nobody else has it. */
        private void letGo() {
            try {
                place.letGo();
                joined = false;
            } catch (Throwable e) {
                joined = true; // until the next request
            }
        }

        private boolean join(int client, AdaptiveSpin spin) {
            if (place.join(client)) {
                settling = SETTLED_AFTER;
                return true;
            }
            spin.notJoined();
            return false;
        }

        // A spin asks by a read(2) that does not sleep, not by poll(2): once a request is there it
        // is here too, one system call earlier.
        private int receive(long start, long limit) throws IOException {
            boolean late = limit == 0;
            missed = false;
            while (!stopping) {
                long length = Libc.CALLS.read(fd, buffer.address(), buffer.capacity());
                if (length > 0) {
                    return (int) length;
                }
                int errno = length == 0 ? 0 : Libc.errno();
                if (errno == Libc.EAGAIN && late) {
                    missed = true;
                    setNonBlocking(false); // the next read sleeps
                } else if (errno == Libc.EAGAIN) {
                    // Looks once more then: the time may have gone by waiting for a processor.
                    late = System.nanoTime() - start >= limit;
                } else if (errno == 0
                        || !FuseDescriptor.isWorthRetrying(errno, buffer.capacity())) {
                    return CLOSED;
                }
            }
            return CLOSED;
        }

        private void bind() {
            if (owner != null) {
                throw new IllegalStateException(
                        "the receiver belongs to "
                                + owner
                                + ", called by "
                                + Thread.currentThread()
                                + "; make a receiver for each thread");
            }
            tid = WakeSignal.prepareThread();
            owner = Thread.currentThread();
        }

        /** Signals the thread if it is in {@link #receive}; tells whether it was. */
        private boolean wakeIfReceiving() {
            return receiving.get() && WakeSignal.wake(tid);
        }
    }
}
