package org.cdevgate.gate;

/**
 * Keeps what one thread writes at each call, in its {@link CallRecord} and {@link Call}, off the
 * cache lines of another's: without it two threads that call through their own records would still
 * take turns on one line.
 */
abstract class CallPadding {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    /** For the two only. */
    CallPadding() {}
}
