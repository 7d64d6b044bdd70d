package org.cdevgate.drivers.proxy;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.libc.DescriptorPair;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.gate.WaitQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes wait queues when something happens in real nodes: one thread in epoll_wait(2) for all nodes
 * of the process, as long as one is open.
 *
 * <p>Edge-triggered, so that each wake-up of a node's own wait queue becomes one of the queue here,
 * whatever the node is ready for already, and nothing has to be armed again. A wake-up between a
 * verb's look and its sleep is the queue's affair, which misses none.
 */
final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

    private static final int EVENTS =
            PollEvents.POLLIN
                    | PollEvents.POLLPRI
                    | PollEvents.POLLOUT
                    | PollEvents.POLLRDHUP
                    | Libc.EPOLLET;

    // struct epoll_event: packed on x86-64, and nowhere else.
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final int EVENT_DATA = PACKED ? 4 : 8;
    private static final int EVENT_BYTES = PACKED ? 12 : 16;
    private static final int EVENTS_AT_ONCE = 64;

    private static final long STOP = 0; // the data of the pipe's event; nodes count from 1

    private static @Nullable Readiness running; // guarded by the class

    private final int epoll;
    private final DescriptorPair wake;
    private final Map<Long, WaitQueue> queues = new ConcurrentHashMap<>();
    private long last = STOP; // guarded by the class

    private Readiness(int epoll, DescriptorPair wake) {
        this.epoll = epoll;
        this.wake = wake;
    }

    /** A node whose queue is woken. */
    static final class Watch {
        private final @Nullable Readiness by; // null: the node cannot be waited for
        private final int fd;
        private final long number;

        private Watch(@Nullable Readiness by, int fd, long number) {
            this.by = by;
            this.fd = fd;
            this.number = number;
        }

        /** False for a node that is always ready by its driver's word: nothing will be told. */
        boolean tells() {
            return by != null;
        }

        /** Before the descriptor is closed; once. */
        void close() {
            if (by != null) {
                by.forget(this);
            }
        }
    }

    /**
     * Watches a node.
     *
     * @throws ErrnoException if there is no descriptor or no memory for it
     */
    static Watch watch(int fd, WaitQueue queue) throws ErrnoException {
        synchronized (Readiness.class) {
            Readiness by = running == null ? begin() : running;
            running = by;
            long number = ++by.last;
            int errno = -1;
            by.queues.put(number, queue); // first: the event may come at once
            try {
                errno = by.control(Libc.EPOLL_CTL_ADD, fd, EVENTS, number);
            } finally {
                if (errno != 0) {
                    by.remove(number);
                }
            }
            if (errno == 0) {
                return new Watch(by, fd, number);
            }
            if (errno == Libc.EPERM) { // no poll of its own
                return new Watch(null, fd, number);
            }
            throw ErrnoException.of(errno);
        }
    }

    private static Readiness begin() throws ErrnoException {
        int epoll = Libc.CALLS.epoll_create1(Libc.O_CLOEXEC);
        if (epoll < 0) {
            throw ErrnoException.of(Libc.errno());
        }
        DescriptorPair wake = null;
        boolean begun = false;
        try {
            wake = DescriptorPair.pipe();
            Readiness made = new Readiness(epoll, wake);
            int errno = made.control(Libc.EPOLL_CTL_ADD, wake.first(), PollEvents.POLLIN, STOP);
            if (errno != 0) {
                throw ErrnoException.of(errno);
            }
            Thread thread = new Thread(made::run, "real nodes");
            thread.setDaemon(true);
            thread.start();
            begun = true;
            return made;
        } catch (IOException e) {
            throw Errno.EMFILE.exception();
        } finally {
            if (!begun) {
                Libc.CALLS.close(epoll);
                if (wake != null) {
                    wake.close();
                }
            }
        }
    }

    /** Returns the errno of epoll_ctl(2), or 0. */
    private int control(int operation, int fd, int events, long number) {
        ByteBuffer event = ByteBuffer.allocateDirect(EVENT_BYTES).order(ByteOrder.nativeOrder());
        event.putInt(0, events).putLong(EVENT_DATA, number);
        try {
            return Libc.CALLS.epoll_ctl(epoll, operation, fd, Libc.address(event)) == 0
                    ? 0
                    : Libc.errno();
        } finally {
            Reference.reachabilityFence(event);
        }
    }

    private void forget(Watch watch) {
        synchronized (Readiness.class) {
            // It fails only for a descriptor that is not there any more.
            control(Libc.EPOLL_CTL_DEL, watch.fd, 0, watch.number);
            remove(watch.number);
        }
    }

    /** With the class locked. The last one ends the thread, which closes what is its. */
    private void remove(long number) {
        queues.remove(number);
        if (queues.isEmpty()) {
            running = null;
            wake.closeSecond(); // a hang-up, which needs no memory and no room in the pipe
        }
    }

    private void run() {
        ByteBuffer events =
                ByteBuffer.allocateDirect(EVENTS_AT_ONCE * EVENT_BYTES)
                        .order(ByteOrder.nativeOrder());
        boolean stopped = false;
        try {
            while (!stopped) {
                int count = Libc.CALLS.epoll_wait(epoll, Libc.address(events), EVENTS_AT_ONCE, -1);
                if (count < 0 && Libc.errno() != Libc.EINTR) {
                    throw new IllegalStateException(
                            "epoll_wait(2) failed with " + Errno.describe(Libc.errno()));
                }
                for (int i = 0; i < count; i++) {
                    long number = events.getLong(i * EVENT_BYTES + EVENT_DATA);
                    stopped |= number == STOP;
                    wake(number);
                }
            }
        } finally {
            Libc.CALLS.close(epoll);
            synchronized (Readiness.class) {
                wake.close();
            }
        }
    }

    /** What one queue throws, for want of memory, keeps no other one asleep. */
    private void wake(long number) {
        WaitQueue queue = queues.get(number);
        if (queue != null) {
            try {
                queue.wakeUpAll();
            } catch (RuntimeException | Error e) {
                LOG.error("{} was not woken", queue, e);
            }
        }
    }
}
