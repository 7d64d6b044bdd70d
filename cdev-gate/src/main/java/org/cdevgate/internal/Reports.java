package org.cdevgate.internal;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Log lines of what has gone wrong, where going on matters more than the line: writing one takes
 * memory and stack, of which there may be none just then. What cannot be written is counted, and
 * the count goes with the next line that can.
 *
 * <p>A client may provoke them in a loop, so those of one message come as often as {@link LogLimit}
 * lets them.
 */
public final class Reports {
    private static final AtomicLong LOST = new AtomicLong();

    // By the message, which is a constant of the code.
    private static final ConcurrentHashMap<String, LogLimit> KINDS = new ConcurrentHashMap<>();

    private Reports() {}

    /** {@link Logger#warn(String, Object)}. */
    public static void warn(Logger log, String message, Object about) {
        try {
            int leftOut = kind(message).admit();
            if (leftOut >= 0) {
                log.warn(message + LogLimit.more(leftOut), about);
                tellLost(log);
            }
        } catch (Throwable e) {
            LOST.incrementAndGet();
        }
    }

    /** {@link Logger#error(String, Object, Object)}; a Throwable is logged with its stack. */
    public static void error(Logger log, String message, Object about, Object what) {
        try {
            int leftOut = kind(message).admit();
            if (leftOut >= 0) {
                log.error(message + LogLimit.more(leftOut), about, what);
                tellLost(log);
            }
        } catch (Throwable e) {
            LOST.incrementAndGet();
        }
    }

    private static LogLimit kind(String message) {
        LogLimit known = KINDS.get(message);
        if (known != null) {
            return known;
        }
        LogLimit made = new LogLimit();
        LogLimit other = KINDS.putIfAbsent(message, made);
        return other == null ? made : other;
    }

    private static void tellLost(Logger log) {
        long lost = LOST.getAndSet(0);
        if (lost > 0) {
            log.warn("{} lines like this one could not be written, for lack of memory", lost);
        }
    }
}
