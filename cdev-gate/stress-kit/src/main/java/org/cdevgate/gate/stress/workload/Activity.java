package org.cdevgate.gate.stress.workload;

/**
 * What a worker does now, for the watchdog. Immutable.
 *
 * @param device null if it concerns none
 * @param since {@link System#nanoTime()}
 */
record Activity(Kind kind, String what, StressedDevice device, long since) {
    enum Kind {
        /** A caller's call: may sleep until the removal. */
        CALL,
        /** A remover's wait: ends when the calls have ended. */
        REMOVAL,
        /** Anything else: ends by itself. */
        PROMPT
    }
}
