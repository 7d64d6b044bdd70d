package org.cdevgate.fuse.session;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of threads that must go on whatever a driver does to this process: where there is no
 * memory for a line, the line is lost and counted, and not the thread, on which every client waits.
 */
final class CarefulLog {
    private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);
    private static final AtomicInteger LOST = new AtomicInteger();

    private CarefulLog() {}

    /**
     * Logs an error, and how many lines were lost before.
     *
     * @param format with two places, as slf4j takes it
     */
    static void error(String format, Object first, Object second, Throwable thrown) {
        try {
            LOG.error(format, first, second, thrown);
            int lost = LOST.getAndSet(0);
            if (lost > 0) {
                LOG.error("{} lines before this one were lost for want of memory", lost);
            }
        } catch (OutOfMemoryError | StackOverflowError e) {
            LOST.incrementAndGet();
        }
    }
}
