package org.cdevgate.gate.diagnostics.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that goes when the test says so; any thread. */
final class ManualClock implements LongSupplier {
    private final AtomicLong now;

    ManualClock(long start) {
        now = new AtomicLong(start);
    }

    void advance(long nanos) {
        now.addAndGet(nanos);
    }

    @Override
    public long getAsLong() {
        return now.get();
    }
}
