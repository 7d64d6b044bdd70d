package org.cdevgate.fuse.session;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends notifications from a thread of its own, because the kernel may hold one back until a LOOKUP
 * or a write-back has been answered: the sender must answer nothing and hold no lock.
 *
 * <p>Every poller of the mount waits for this thread: neither an Error nor an interrupt ends it,
 * and to queue a {@link Message} needs no memory.
 */
public final class Notifier implements Runnable {
    /** Something to tell the kernel. */
    public interface Notification {
        /**
         * Encodes the message at the buffer's start; called on the notifier's thread, once for each
         * {@link Notifier#send}.
         *
         * @return its length in bytes, or 0 if there is nothing to say any more
         */
        int encode(ByteBuffer buffer);
    }

    /** A notification that is sent again and again, made beforehand. */
    public static final class Message {
        private final Notification notification;
        private @Nullable Message next; // guarded by the notifier
        private boolean isQueued; // guarded by the notifier

        /** A message that is not queued yet. */
        public Message(Notification notification) {
            this.notification = notification;
        }
    }

    private final FuseChannel channel;
    private final NativeBuffer buffer = NativeBuffer.allocate(512);
    private final Thread thread;
    private final String name;

    // Guarded by this.
    private @Nullable Message first;
    private @Nullable Message last;

    private volatile boolean stopped;

    Notifier(FuseChannel channel, String name) {
        this.channel = channel;
        this.name = name;
        this.thread = new Thread(null, this, name + "-notifier", 0, false);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The session's name, for threads and the log. */
    public String name() {
        return name;
    }

    Thread thread() {
        return thread;
    }

    /** Ends the thread when it has sent what is queued. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    /** Queues a notification. Does not block; any thread. */
    public void send(Notification notification) {
        send(new Message(notification));
    }

    /**
     * Queues a message, unless it is queued already and not encoded yet. Does not block, and needs
     * neither memory nor, once it has begun, stack; any thread.
     */
    public void send(Message message) {
        add(message);
        wake();
    }

    /** Wakes the thread if it has something to do: also for who could not, having queued that. */
    void wake() {
        if (isBehind()) {
            LockSupport.unpark(thread);
        }
    }

    // These two call nothing: a stack overflow cannot end them half-way.

    private synchronized void add(Message message) {
        if (message.isQueued) {
            return;
        }
        message.isQueued = true;
        if (last == null) {
            first = message;
        } else {
            last.next = message;
        }
        last = message;
    }

    private synchronized @Nullable Message poll() {
        Message next = first;
        if (next != null) {
            first = next.next;
            if (first == null) {
                last = null;
            }
            next.next = null;
            next.isQueued = false; // what happens from here on is a notification of its own
        }
        return next;
    }

    /** Whether something is queued. */
    synchronized boolean isBehind() {
        return first != null;
    }

    /**
     * Sends a notification from this thread and returns when the kernel has done what it says,
     * which may take until it was answered requests of its own: this thread must hold nothing that
     * those need, not even the reader's role; unless it is of a kind that waits for nothing.
     *
     * @param message this thread's, or guarded by the caller
     */
    public void sendNow(Notification notification, NativeBuffer message) {
        int length = notification.encode(message.bytes());
        if (length > 0) {
            // The kernel says ENOENT of an inode that it does not hold, as good as done.
            channel.send(message, 0, length);
        }
    }

    @Override
    public void run() {
        while (true) {
            Message next = poll();
            if (next != null) {
                sendSafely(next);
            } else if (stopped) {
                return;
            } else {
                LockSupport.park(this);
                Thread.interrupted(); // set, it would keep park from parking
            }
        }
    }

    private void sendSafely(Message next) {
        Throwable failure = null;
        try {
            int length = next.notification.encode(buffer.bytes());
            if (length > 0) {
                // What it is about may be gone by now, which is as good.
                channel.send(buffer, 0, length);
            }
        } catch (Throwable e) {
            failure = e;
        }
        if (failure != null) {
            CarefulLog.goingOn(thread, failure);
        }
    }
}
