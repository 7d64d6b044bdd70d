package org.cdevgate.gate.stress.design;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Something that operations sleep for: it comes once and stays. Whoever sleeps on it looks under
 * its lock, so between a look and the sleep no wake-up is lost, as with the kernel's wait_event().
 */
public final class Event {
    // Guarded by this.
    private boolean come;
    private final List<Runnable> listeners = new ArrayList<>();

    /** One that has not come. */
    public Event() {}

    /** Whether it has come. */
    public synchronized boolean hasCome() {
        return come;
    }

    /** Has something done when it comes; for a design's own wait queue. */
    public synchronized void whenItComes(Runnable listener) {
        listeners.add(listener);
    }

    /** It comes. */
    public void come() {
        List<Runnable> told;
        synchronized (this) {
            come = true;
            notifyAll();
            told = List.copyOf(listeners);
        }
        told.forEach(Runnable::run);
    }

    /** Has those that sleep look again. */
    public synchronized void wake() {
        notifyAll();
    }

    /**
     * Sleeps until it has come, or until the other is true at a look: at first, and at each {@link
     * #wake()}.
     *
     * @return whether it has come
     */
    public synchronized boolean await(BooleanSupplier other) throws InterruptedException {
        while (!come && !other.getAsBoolean()) {
            wait();
        }
        return come;
    }
}
