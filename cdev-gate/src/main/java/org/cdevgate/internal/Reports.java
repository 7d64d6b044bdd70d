package org.cdevgate.internal;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Log lines of what has gone wrong, where going on matters more than the line: writing one takes
 * memory and stack, of which there may be none just then. What cannot be written is counted, and
 * the count goes with the next line that can.
 */
public final class Reports {
    private static final AtomicLong LOST = new AtomicLong();

    private Reports() {}

    /** {@link Logger#warn(String, Object)}. */
    public static void warn(Logger log, String message, Object about) {
        try {
            log.warn(message, about);
            tellLost(log);
        } catch (Throwable e) {
            LOST.incrementAndGet();
        }
    }

    /** {@link Logger#error(String, Object, Object)}; a Throwable is logged with its stack. */
    public static void error(Logger log, String message, Object about, Object what) {
        try {
            log.error(message, about, what);
            tellLost(log);
        } catch (Throwable e) {
            LOST.incrementAndGet();
        }
    }

    private static void tellLost(Logger log) {
        long lost = LOST.getAndSet(0);
        if (lost > 0) {
            log.warn("{} lines like this one could not be written, for lack of memory", lost);
        }
    }
}
