package org.cdevgate.device.stress.twins;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;

/**
 * <b>Broken</b>: cancel_work(), without _sync. Work that has not begun is taken back; for work that
 * runs nobody waits, as with {@link Future#cancel} in Java.
 */
final class CancelWork implements FunctionCaller {
    private final Runnable function;
    private volatile Future<?> queued;

    CancelWork(Runnable function) {
        this.function = function;
    }

    @Override
    public void fire() {
        queued = ForkJoinPool.commonPool().submit(function);
    }

    @Override
    public void stop() {
        queued.cancel(false);
    }
}
