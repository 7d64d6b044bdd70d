package org.cdevgate.gate.accounting;

/**
 * Keeps what one thread writes at each call, in its {@link CallRecord} and {@link CallFrame}, off
 * the cache lines of another's: without it two threads that call through their own records would
 * still take turns on one line.
 */
abstract class CallPadding {
    /**
     * Fills the gap that longs leave behind a header of 12 bytes, or HotSpot would put the first
     * int of a subclass there, before the padding.
     */
    @SuppressWarnings("unused")
    private int gap;

    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    /** For the two only. */
    CallPadding() {}
}
