package org.cdevgate.cdev;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The events of {@link CharDevices} for a thread that reads them when it likes, as udev reads its
 * socket; none is lost. Any thread.
 */
public final class UeventStream implements AutoCloseable, Consumer<Uevent> {
    private final CharDevices devices;
    private final LinkedBlockingQueue<Uevent> unread = new LinkedBlockingQueue<>();

    UeventStream(CharDevices devices) {
        this.devices = devices;
    }

    /** For {@link CharDevices}. */
    @Override
    public void accept(Uevent event) {
        unread.add(event);
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
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public Uevent poll(Duration timeout) throws InterruptedException {
        return unread.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the stream; what is unread can still be read. */
    @Override
    public void close() {
        devices.end(this);
    }
}
