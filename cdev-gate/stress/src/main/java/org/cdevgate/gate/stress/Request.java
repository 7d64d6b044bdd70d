package org.cdevgate.gate.stress;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.front.RequestSleeper;

/** A read that sleeps without a thread and counts what it is told. */
final class Request extends RequestSleeper {
    final AtomicInteger runAgain = new AtomicInteger();
    final AtomicInteger removed = new AtomicInteger();

    @Override
    protected void runAgain() {
        runAgain.incrementAndGet();
    }

    @Override
    protected void removed(int answer) {
        removed.incrementAndGet();
    }
}
