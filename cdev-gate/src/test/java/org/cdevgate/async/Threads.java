package org.cdevgate.async;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.internal.DaemonThreads;

/** Threads that may not be had for a while. */
final class Threads implements ThreadFactory {
    /** In which way. */
    enum Refusal {
        /** The factory throws. */
        REJECTED,
        /** The factory has no memory. */
        OUT_OF_MEMORY,
        /** Thread.start() throws; executors of newer JDKs start their threads in another way. */
        NOT_STARTED,
        /** The factory returns null. */
        NONE_IS_MADE
    }

    final AtomicInteger refused = new AtomicInteger();
    private final ThreadFactory real = DaemonThreads.factory("test-thread");
    private volatile Refusal refusal;

    void refuse(Refusal how) {
        refusal = how;
    }

    void allow() {
        refusal = null;
    }

    @Override
    public Thread newThread(Runnable task) {
        Refusal how = refusal;
        if (how == null) {
            return real.newThread(task);
        }
        refused.incrementAndGet();
        return switch (how) {
            case REJECTED -> throw new RejectedExecutionException("on purpose");
            case NONE_IS_MADE -> null;
            case OUT_OF_MEMORY -> throw new OutOfMemoryError("no memory, on purpose");
            case NOT_STARTED ->
                    new Thread(task) {
                        @Override
                        public synchronized void start() {
                            throw new OutOfMemoryError(
                                    "unable to create native thread, on purpose");
                        }
                    };
        };
    }
}
