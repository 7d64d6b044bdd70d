package org.cdevgate.gate.stress.design;

import java.time.Duration;

/** A registered device, as processes and its driver's remove() see it. Called by any thread. */
public interface ModelDevice {
    /** open(2) of its path; null if that is refused. */
    ModelFile open();

    /** What an operation can ask that is about to sleep. */
    boolean isRemoving();

    /**
     * What the driver's remove() does: wakes its sleepers, unregisters and tears down. A scenario
     * that is about something else calls it once.
     *
     * @throws InterruptedException if the wait was given up, because it would never end
     * @throws RuntimeException if a removal from inside a call is refused
     * @throws NotModelledException if it is the second, and the design knows one only
     */
    void remove() throws InterruptedException;

    /**
     * A removal with a limit to its wait.
     *
     * @return null if the device was removed, or else a report that names who is inside, by the
     *     operation at least; the device stays flagged, nothing is torn down, and {@link #remove}
     *     goes on with it
     * @throws NotModelledException if the design has none
     */
    default String removeWithin(Duration limit) throws InterruptedException {
        throw new NotModelledException("a removal with a limit");
    }

    /**
     * A sleep of an operation, on its thread: until the event has come or the device is being
     * removed. Here on the event itself, as with a wait queue of the driver's own; a design that
     * has wait queues overrides it.
     *
     * @return whether the event has come
     */
    default boolean sleep(Event event) throws InterruptedException {
        return event.await(this::isRemoving);
    }

    /**
     * Whether {@link #sleep} is the design's, so that a removal ends it without a driver's help.
     */
    default boolean hasWaitQueues() {
        return false;
    }
}
