package org.cdevgate.gate.stress;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.front.PollWatcher;

/** Counts how often whoever polls was told to ask again. */
final class Watcher extends PollWatcher {
    final AtomicInteger told = new AtomicInteger();

    @Override
    protected void wakeUp() {
        told.incrementAndGet();
    }
}
