package org.cdevgate.cdev;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.cdevgate.internal.Waits;
import org.jspecify.annotations.Nullable;

/**
 * The events of {@link CharDevices} for a thread that reads them when it likes, as udev reads its
 * socket; none is lost. Any thread.
 *
 * <pre>{@code
 * try (UeventStream events = devices.uevents()) {
 *     Uevent next = events.take();
 *     System.out.println(next.action() + " " + next.device().name()); // ADD input/event0
 * }
 * }</pre>
 */
public final class UeventStream implements AutoCloseable {
    private final LinkedBlockingQueue<Uevent> unread;
    private final CharDevices.Subscription subscription;

    UeventStream(LinkedBlockingQueue<Uevent> unread, CharDevices.Subscription subscription) {
        this.unread = unread;
        this.subscription = subscription;
    }

    /**
     * The next event.
     *
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public Uevent take() throws InterruptedException {
        return unread.take();
    }

    /**
     * The next event, or null if none comes within a time.
     *
     * @param timeout 0 or less looks once
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public @Nullable Uevent poll(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        return unread.poll(Waits.nanos(timeout), TimeUnit.NANOSECONDS);
    }

    /** Ends the stream; what is unread can still be read. */
    @Override
    public void close() {
        subscription.close();
    }
}
