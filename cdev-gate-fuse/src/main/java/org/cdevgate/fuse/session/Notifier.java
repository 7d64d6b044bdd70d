package org.cdevgate.fuse.session;

import java.util.concurrent.LinkedBlockingQueue;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.channel.NativeBuffer;

/**
 * Sends notifications from a thread of its own, because the kernel may hold one back until a LOOKUP
 * or a write-back has been answered: the sender must answer nothing and hold no lock.
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
        int encode(java.nio.ByteBuffer buffer);
    }

    private static final Notification STOP = buffer -> 0;

    private final FuseChannel channel;
    private final LinkedBlockingQueue<Notification> queue = new LinkedBlockingQueue<>();
    private final NativeBuffer buffer = NativeBuffer.allocate(512);
    private final Thread thread;
    private final String name;

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

    void stop() {
        queue.add(STOP);
    }

    /** Queues a notification. Does not block; any thread. */
    public void send(Notification notification) {
        queue.add(notification);
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
        try {
            while (sendNext()) {
                // Until it is stopped.
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but a user who wants it to end.
            Thread.currentThread().interrupt();
        }
    }

    /** False if there is nothing more to send. */
    private boolean sendNext() throws InterruptedException {
        try {
            Notification next = queue.take();
            if (next == STOP) {
                return false;
            }
            int length = next.encode(buffer.bytes());
            if (length > 0) {
                // What it is about may be gone by now, which is as good.
                channel.send(buffer, 0, length);
            }
        } catch (RuntimeException | Error e) {
            // Every poller of the mount waits for this thread.
            CarefulLog.error("{}: {} failed; going on", "notifier", thread.getName(), e);
        }
        return true;
    }
}
