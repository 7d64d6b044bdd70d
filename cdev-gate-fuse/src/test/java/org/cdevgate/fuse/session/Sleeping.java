package org.cdevgate.fuse.session;

import java.util.concurrent.atomic.AtomicBoolean;

/** A request that sleeps without a thread, until somebody takes it from where it sleeps. */
final class Sleeping implements HeldRequest.Owner {
    private final AtomicBoolean asleep = new AtomicBoolean(true);
    private final Runnable dropped;

    Sleeping() {
        this(() -> {});
    }

    /** With what is done when it is dropped. */
    Sleeping(Runnable dropped) {
        this.dropped = dropped;
    }

    /** It is asleep again, after it was taken back. */
    void fallAsleep() {
        asleep.set(true);
    }

    @Override
    public boolean takeBack() {
        return asleep.getAndSet(false);
    }

    @Override
    public boolean isRefused() {
        return false;
    }

    @Override
    public void dropped() {
        dropped.run();
    }
}
